using Amnion.Guard.Output.Leaks;

namespace Amnion.Guard.Output.PersonalData;

/// <summary>
/// Finds personal data that did not stand in the request's own input (<see cref="OutputCodes.ForeignPersonalData"/>): echo is allowed, what belongs to somebody else is not. Values are compared folded, without spacing and punctuation.
/// </summary>
public sealed class ForeignPersonalDataCheck : IAnswerCheck
{
    /// <summary>The longest value that is found whole, in characters.</summary>
    public const int LongestValue = 96;

    /// <summary>Values are looked for with so much of the answer before them.</summary>
    const int Context = 128;
    const int Window = LongestValue + Context;
    const int Stride = 32;

    readonly IPersonalDataScanner _scanner;
    readonly string _own;
    readonly Dictionary<(int Start, int End), AnswerHit?> _decided = [];
    readonly List<(int Start, int End)> _passed = [];
    readonly char[] _last = new char[Window];
    int _fed;
    int _scanned;

    /// <summary>A check of one answer.</summary>
    /// <param name="scanner">What finds personal data.</param>
    /// <param name="ownInput">Everything that this request brought along: messages, documents, tool results.</param>
    public ForeignPersonalDataCheck(IPersonalDataScanner scanner, IEnumerable<string> ownInput)
    {
        ArgumentNullException.ThrowIfNull(scanner);
        ArgumentNullException.ThrowIfNull(ownInput);
        _scanner = scanner;
        // A separator that no folded value holds keeps values from spanning two texts.
        _own = string.Join('\uFFFF', ownInput.Select(Folded));
    }

    /// <inheritdoc/>
    public string Name => "pii.foreign";

    /// <inheritdoc/>
    public int Held => Math.Max(0, _scanned - LongestValue);

    /// <inheritdoc/>
    public void Feed(char character, int position, AnswerHits hits)
    {
        _last[position % Window] = character;
        _fed = position + 1;
        // The end of a word or of a stride: between, a number is cut and reads as another.
        if (!char.IsLetterOrDigit(character) || _fed - _scanned >= Stride)
        {
            if (_fed - _scanned >= Stride / 2 || character == '\n')
            {
                Scan(hits, isOver: false);
            }
        }
    }

    /// <inheritdoc/>
    public void Complete(int length, AnswerHits hits) => Scan(hits, isOver: true);

    void Scan(AnswerHits hits, bool isOver)
    {
        var from = Math.Max(0, _fed - Window);
        var text = string.Create(_fed - from, (_last, from), static (span, state) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = state._last[(state.from + i) % Window];
            }
        });
        foreach (var finding in _scanner.Scan(text))
        {
            var (start, end) = (from + finding.Span.Start, from + finding.Span.End);
            // What touches the end may go on; what is about to leave is decided now.
            if (!isOver && end >= _fed && start > _fed - (LongestValue - Stride))
            {
                continue;
            }

            Decide(start, end, finding, text, from, hits);
        }

        _scanned = _fed;
        Forget(from);
    }

    void Decide(int start, int end, GuardFinding finding, string text, int from, AnswerHits hits)
    {
        // A value whose beginning has left the window reads as another.
        if ((finding.Span.Start == 0 && from > 0) || _decided.ContainsKey((start, end)))
        {
            return;
        }

        var folded = Folded(text[finding.Span.Start..finding.Span.End]);
        var isOwn = folded.Length == 0 || _own.Contains(folded, StringComparison.Ordinal);
        _decided.Add((start, end), isOwn ? null : hits.Add(OutputCodes.ForeignPersonalData, finding.Rule, start, end, finding.Score));
    }

    void Forget(int from)
    {
        _passed.Clear();
        foreach (var span in _decided.Keys)
        {
            if (span.End < from)
            {
                _passed.Add(span);
            }
        }

        foreach (var span in _passed)
        {
            _decided.Remove(span);
        }
    }

    static string Folded(string text)
    {
        var symbols = FoldedSymbol.Fold(text);
        return string.Create(symbols.Length, symbols, static (span, state) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = (char)('0' + state[i]);
            }
        });
    }
}
