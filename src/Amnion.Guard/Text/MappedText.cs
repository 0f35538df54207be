namespace Amnion.Guard.Text;

/// <summary>A text and, for each of its characters, the span of the original it was read from; without a map the two are the same.</summary>
sealed class MappedText(string text, TextSpan[]? map)
{
    public string Text { get; } = text;

    public TextSpan At(int index) => map is null ? new TextSpan(index, 1) : map[index];

    /// <summary>The same characters in place of others: one for one.</summary>
    public MappedText WithText(string same) => same.Length == Text.Length ? new MappedText(same, map) : throw new ArgumentException("The lengths differ.", nameof(same));

    public TextSpan ToSource(TextSpan span)
    {
        if (map is null)
        {
            return span;
        }

        if (span.Length == 0)
        {
            return new TextSpan(span.Start < map.Length ? map[span.Start].Start : map.Length == 0 ? 0 : map[^1].End, 0);
        }

        // Readings may run backwards or jump, so the outermost ends are looked for.
        int start = int.MaxValue, end = 0;
        foreach (var piece in map.AsSpan(span.Start, span.Length))
        {
            start = Math.Min(start, piece.Start);
            end = Math.Max(end, piece.End);
        }

        return new TextSpan(start, end - start);
    }
}
