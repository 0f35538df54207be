using System.Text;

namespace Amnion.Guard.Output;

/// <summary>
/// Checks an answer while it is being written: takes it in chunks of any size, gives back what every check has proved clean, and never a character of a hit. What it gives back in all depends on the text alone, not on the chunks.
/// Holds back at most <see cref="LongestHold"/> characters (typically under 100), in constant memory.
/// </summary>
/// <remarks>
/// Hits that touch become one: one placeholder, named after the one that begins first. A hit whose action is <see cref="GuardAction.Block"/> ends the answer where it begins; one whose action is <see cref="GuardAction.Flag"/> is only counted. Not thread-safe.
/// </remarks>
public sealed class AnswerFilter
{
    /// <summary>The most characters that are ever held back.</summary>
    public const int LongestHold = 1024;

    /// <summary>The most findings that are kept with their places; further ones are only counted.</summary>
    public const int MostFindings = 1000;

    /// <summary>The longest answer, in characters (64 Mi). A longer one is cut there.</summary>
    public const int LongestAnswer = 64 * 1024 * 1024;

    readonly IAnswerCheck[] _checks;
    readonly AnswerHits _hits;
    readonly List<GuardFinding> _findings = [];
    readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    readonly List<AnswerHit> _growing = [];
    readonly StringBuilder _output = new();
    readonly char[] _held = new char[2 * LongestHold];
    int _fed;
    int _passed;
    int _hitEnd = -1;
    bool _complete;

    /// <summary>A filter for one answer. The checks are for this answer alone.</summary>
    public AnswerFilter(AnswerPolicy policy, IEnumerable<IAnswerCheck> checks)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(checks);
        _checks = [.. checks];
        _hits = new AnswerHits(policy);
    }

    /// <summary>True after a hit that ends the answer: nothing follows any more.</summary>
    public bool Blocked { get; private set; }

    /// <summary>The code of the hit that ended the answer, or null.</summary>
    public string? BlockedBy { get; private set; }

    /// <summary>How many characters wait for their proof.</summary>
    public int Held => Blocked || _complete ? 0 : _fed - _passed;

    /// <summary>How many hits were found, kept or not.</summary>
    public int FindingCount { get; private set; }

    /// <summary>How many hits of each code were found, kept or not: what a receipt says.</summary>
    internal IReadOnlyDictionary<string, int> Counts => _counts;

    /// <summary>What was found, in the order in which it begins. Spans are positions in the answer as the model wrote it.</summary>
    public IReadOnlyList<GuardFinding> Findings => _findings;

    /// <summary>Takes the next piece of the answer; returns what may leave now, which may be nothing.</summary>
    /// <exception cref="InvalidOperationException">The answer was completed.</exception>
    public string Push(ReadOnlySpan<char> chunk)
    {
        if (_complete)
        {
            throw new InvalidOperationException("The answer is complete; a filter is for one answer.");
        }

        foreach (var character in chunk)
        {
            if (Blocked)
            {
                break;
            }

            Feed(character);
        }

        return Take();
    }

    /// <summary>Ends the answer; returns what was still held and is clean.</summary>
    public string Complete()
    {
        if (!_complete && !Blocked)
        {
            for (var i = 0; i < _checks.Length; i++)
            {
                _hits.Order = i;
                _checks[i].Complete(_fed, _hits);
            }

            Release(_fed, over: true);
        }

        _complete = true;
        return Take();
    }

    /// <summary>Filters a whole text.</summary>
    public static string Filter(string text, AnswerPolicy policy, IEnumerable<IAnswerCheck> checks)
    {
        var filter = new AnswerFilter(policy, checks);
        return filter.Push(text) + filter.Complete();
    }

    void Feed(char character)
    {
        var position = _fed;
        if (position >= LongestAnswer)
        {
            var end = _hits.Add(OutputCodes.TooLong, "output.length", position, position);
            Record(end);
            Stop(end);
            return;
        }

        _held[position % _held.Length] = character;
        _fed++;
        var safe = _fed;
        for (var i = 0; i < _checks.Length; i++)
        {
            _hits.Order = i;
            _checks[i].Feed(character, position, _hits);
            safe = Math.Min(safe, _checks[i].Held);
        }

        // A check that breaks its promise must cost memory nowhere: what it held too long is let go, and the tests look for that.
        Release(Math.Max(safe, _fed - LongestHold), over: false);
    }

    void Release(int safe, bool over)
    {
        Settle(safe);
        var waiting = _hits.Waiting;
        var passed = 0;
        while (passed < waiting.Count && (waiting[passed].Start < safe || over))
        {
            var hit = waiting[passed++];
            Record(hit);
            if (hit.Action is GuardAction.Allow or GuardAction.Flag)
            {
                Keep(hit, safe);
                continue;
            }

            Emit(hit.Start);
            if (hit.Action == GuardAction.Block)
            {
                Stop(hit);
                return;
            }

            if (hit.Start > _hitEnd)
            {
                _output.Append(AnswerPolicy.PlaceholderFor(hit.Code));
            }

            _hitEnd = Math.Max(_hitEnd, hit.End);
            _passed = Math.Max(_passed, Math.Min(hit.End, _fed));
            Keep(hit, safe);
        }

        waiting.RemoveRange(0, passed);
        Emit(safe);
        _hits.Floor = _passed;
    }

    /// <summary>Hits that were passed may have grown since; those that cannot grow any more are forgotten.</summary>
    void Settle(int safe)
    {
        for (var i = _growing.Count - 1; i >= 0; i--)
        {
            var hit = _growing[i];
            if (hit.Action == GuardAction.Redact)
            {
                _hitEnd = Math.Max(_hitEnd, hit.End);
                _passed = Math.Max(_passed, Math.Min(hit.End, _fed));
            }

            if (hit.Finding >= 0)
            {
                _findings[hit.Finding] = _findings[hit.Finding] with { Span = new TextSpan(hit.Start, hit.End - hit.Start) };
            }

            if (hit.End < safe)
            {
                _growing.RemoveAt(i);
            }
        }
    }

    void Keep(AnswerHit hit, int safe)
    {
        if (hit.End >= safe)
        {
            _growing.Add(hit);
        }
    }

    void Emit(int end)
    {
        for (; _passed < end; _passed++)
        {
            _output.Append(_held[_passed % _held.Length]);
        }
    }

    void Record(AnswerHit hit)
    {
        FindingCount++;
        _counts[hit.Code] = _counts.GetValueOrDefault(hit.Code) + 1;
        if (_findings.Count < MostFindings)
        {
            hit.Finding = _findings.Count;
            _findings.Add(new GuardFinding(hit.Code, hit.Rule, new TextSpan(hit.Start, hit.End - hit.Start), hit.Score));
        }
    }

    void Stop(AnswerHit hit)
    {
        Blocked = true;
        BlockedBy = hit.Code;
        _hits.Waiting.Clear();
        Array.Clear(_held);
    }

    string Take()
    {
        var text = _output.ToString();
        _output.Clear();
        return text;
    }
}
