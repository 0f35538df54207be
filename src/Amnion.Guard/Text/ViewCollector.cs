namespace Amnion.Guard.Text;

/// <summary>Reads a text, then what was read, until nothing new comes or the limits are reached.</summary>
sealed class ViewCollector(string source, TextLimits limits)
{
    // A view of fewer characters cannot hold a signature.
    const int LeastLength = 4;

    readonly List<TextView> _views = [];
    readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    readonly Queue<(MappedText Cased, MappedText Folded, TextViewKind Kind, int Depth)> _open = new();
    long _left = ((long)source.Length * limits.Expansion) + limits.ExtraCharacters;
    bool _truncated;

    public NormalizedText Collect(MappedText cased, HiddenCharacters hidden, List<(TextViewKind Kind, MappedText Text)> messages)
    {
        var plain = TextNormalizer.Fold(new MappedText(source, null));
        _views.Add(new TextView(TextViewKind.Plain, 0, plain));
        _seen.Add(plain.Text);
        foreach (var (kind, text) in messages)
        {
            Add(kind, text, 1);
        }

        _open.Enqueue((cased, plain, TextViewKind.Plain, 0));
        while (_open.TryDequeue(out var next))
        {
            void Emit(TextViewKind kind, MappedText text) => Add(kind, text, next.Depth + 1);

            // What was read from a folded text has lost its case, and with it every code of bytes.
            if (next.Kind is not (TextViewKind.Repaired or TextViewKind.Rotated or TextViewKind.Atbash or TextViewKind.Reversed or TextViewKind.Morse or TextViewKind.PigLatin))
            {
                EncodedRuns.Read(next.Cased, Emit);
                EscapedText.Read(next.Cased, Emit);
                JoinedText.Read(next.Cased, Emit);
                NumberText.Read(next.Cased, Emit);
                Rot47Text.Read(next.Cased, Emit);
                MorseText.Read(next.Folded, Emit);
            }

            CipherText.Read(next.Folded, Emit);
            WordOrder.Read(next.Cased, next.Folded, Emit);
            if (next.Kind != TextViewKind.Repaired)
            {
                WordRepair.Read(next.Folded, Emit);
            }
        }

        return new NormalizedText(source, hidden, _views, _truncated);
    }

    void Add(TextViewKind kind, MappedText text, int depth)
    {
        if (text.Text.Length < LeastLength)
        {
            return;
        }

        if (_views.Count >= limits.Views || text.Text.Length > _left)
        {
            _truncated = true;
            return;
        }

        var folded = TextNormalizer.Fold(text);
        _left -= text.Text.Length;
        if (!_seen.Add(folded.Text))
        {
            return;
        }

        _views.Add(new TextView(kind, depth, folded));
        if (depth < limits.Depth)
        {
            _open.Enqueue((TextNormalizer.Case(text), folded, kind, depth));
        }
    }
}
