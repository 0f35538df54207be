using Amnion.Guard.Text;

namespace Amnion.Guard.Signatures;

/// <summary>Looks for the signatures of a pack in every view of a text, by its channel. Linear in the views.</summary>
public sealed class SignatureScanner
{
    /// <summary>No more findings are given for one text; each rule gives at most one for each view.</summary>
    public const int MostFindings = 256;

    // So many invisible characters come from no clipboard; one or two may.
    const int HiddenLikely = 3;

    // What is only talked about counts this much.
    const double Mentioned = 0.5;

    readonly SignaturePack _pack;

    /// <summary>Scans by a pack.</summary>
    public SignatureScanner(SignaturePack pack)
    {
        ArgumentNullException.ThrowIfNull(pack);
        _pack = pack;
    }

    /// <summary>The findings, the surest first. Their spans are in the text as it came.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="channel"/> is <see cref="GuardChannel.Answer"/>, which the output filter looks at, or no channel.</exception>
    public IReadOnlyList<GuardFinding> Scan(NormalizedText text, GuardChannel channel)
    {
        ArgumentNullException.ThrowIfNull(text);
        var bit = channel switch
        {
            GuardChannel.System => SignatureChannels.System,
            GuardChannel.User => SignatureChannels.User,
            GuardChannel.Document => SignatureChannels.Document,
            GuardChannel.Tool => SignatureChannels.Tool,
            _ => throw new ArgumentOutOfRangeException(nameof(channel)),
        };
        var findings = new Dictionary<string, GuardFinding>(StringComparer.Ordinal);
        foreach (var view in text.Views)
        {
            Phrases(view, bit, findings);
            Literals(view, bit, findings);
        }

        if (bit != SignatureChannels.System)
        {
            Hidden(text, findings);
        }

        return [.. findings.Values.OrderByDescending(f => f.Score).ThenBy(f => f.Span.Start).ThenBy(f => f.Rule, StringComparer.Ordinal).Take(MostFindings)];
    }

    void Phrases(TextView view, SignatureChannels bit, Dictionary<string, GuardFinding> findings)
    {
        var matches = new List<(int Rule, TextSpan Span, bool Mentioned)>();
        var run = new RuleRun(_pack, bit, matches);
        _pack.Phrases.Run(view.Text, ref run);
        foreach (var (r, span, mentioned) in matches)
        {
            // Nobody talks about a phrase in base64; and in a document nobody asks.
            var rule = _pack.Rules[r];
            Add(rule.Name, rule.Code, mentioned && bit == SignatureChannels.User && view.Depth == 0 ? rule.Score * Mentioned : rule.Score, view, span, findings);
        }
    }

    void Literals(TextView view, SignatureChannels bit, Dictionary<string, GuardFinding> findings)
    {
        var found = new List<(int Literal, int End)>();
        _pack.Characters.Run(view.Text, found);
        foreach (var (l, end) in found)
        {
            var literal = _pack.Literals[l];
            if ((literal.Channels & bit) != 0)
            {
                Add(literal.Name, literal.Code, literal.Score, view, new TextSpan(end - literal.Text.Length, literal.Text.Length), findings);
            }
        }
    }

    static void Add(string name, string code, double score, TextView view, TextSpan span, Dictionary<string, GuardFinding> findings)
    {
        if (!findings.TryGetValue(name, out var known) || known.Score < score)
        {
            findings[name] = new GuardFinding(code, name, view.ToSource(span), score);
        }
    }

    static void Hidden(NormalizedText text, Dictionary<string, GuardFinding> findings)
    {
        var hidden = text.Hidden;
        Count("hidden.tags", hidden.Tags, 0.95);
        Count("hidden.selectors", hidden.Selectors, 0.9);
        Count("hidden.zero-width", hidden.ZeroWidth, 0.8);
        Count("hidden.bidi", hidden.Bidi, 0.6);
        Count("hidden.marks", hidden.Marks, 0.6);
        if (text.IsTruncated)
        {
            findings["limits.truncated"] = new GuardFinding(SignatureCodes.Truncated, "limits.truncated", new TextSpan(0, text.Source.Length), 0.3);
        }

        void Count(string rule, int count, double score)
        {
            if (count > 0)
            {
                findings[rule] = new GuardFinding(SignatureCodes.Hidden, rule, hidden.Span, count >= HiddenLikely ? score : score / 3);
            }
        }
    }
}
