using System.Collections.Immutable;
using Amnion.Guard.Output;
using Amnion.Guard.Output.Links;
using Amnion.Guard.Output.PersonalData;
using Amnion.Guard.Output.Prompts;
using Amnion.Guard.Output.Secrets;
using Amnion.Guard.Output.Weights;
using Amnion.Guard.Packs;
using Amnion.Guard.Redaction;

namespace Amnion.Guard.Pipeline;

/// <summary>
/// An answer on its way out: values are put back where surrogates stand, then the whole is checked, so that a link that carries a value out is seen as one. Takes pieces of any size; no character of a hit leaves. One answer each; not thread-safe.
/// </summary>
public sealed class AnswerGuard
{
    readonly Restorer? _restorer;
    readonly AnswerFilter? _filter;
    readonly AnswerPolicy _policy;
    readonly GuardCounts _counts;
    readonly AnswerRules? _rules;

    internal AnswerGuard(CompiledPack pack, SessionVault? vault, ImmutableArray<GuardedText> texts, GuardCounts counts)
    {
        _counts = counts;
        _rules = pack.Pack.Answer;
        _policy = _rules?.ToAnswerPolicy(pack.Pack.IsDryRun) ?? AnswerPolicy.Default;
        _restorer = vault is null ? null : new Restorer(vault);
        _filter = _rules is null ? null : new AnswerFilter(_policy, Checks(_rules, texts));
    }

    /// <summary>True once a hit has ended the answer: nothing more leaves, and nothing more need be made.</summary>
    public bool Blocked => _filter is { Blocked: true };

    /// <summary>The code of the hit that ended it, or null.</summary>
    public string? BlockedBy => _filter?.BlockedBy;

    /// <summary>True while something that came in has neither left nor been dropped.</summary>
    public bool IsHolding => !Blocked && (_restorer is { IsHolding: true } || _filter is { Held: > 0 });

    /// <summary>What was found so far, in places of the answer as the model wrote it with values restored.</summary>
    public IReadOnlyList<GuardFinding> Findings => _filter?.Findings ?? [];

    /// <summary>Takes the next piece; returns what may leave now, which may be nothing.</summary>
    public string Push(ReadOnlySpan<char> piece)
    {
        var restored = _restorer is null ? piece : _restorer.Push(piece);
        return _filter is null ? restored.ToString() : _filter.Push(restored);
    }

    /// <summary>Ends the answer; returns what was still held back and is clean, and counts what was found.</summary>
    public string Complete()
    {
        var rest = _restorer?.Finish() ?? "";
        if (_filter is null)
        {
            return rest;
        }

        var last = _filter.Push(rest) + _filter.Complete();

        // What a dry run would have done, not what it did.
        var policy = _rules!.ToAnswerPolicy(dryRun: false);
        foreach (var (code, count) in _filter.Counts)
        {
            _counts.Add(code, policy.ActionFor(code), count);
        }

        return last;
    }

    /// <summary>New checks, for one answer or the arguments of one call.</summary>
    internal static List<IAnswerCheck> Checks(AnswerRules rules, ImmutableArray<GuardedText> texts)
    {
        List<IAnswerCheck> checks = [];
        var own = texts.Where(text => text.Channel == GuardChannel.User).Select(text => text.Text).ToList();
        if (rules.Secrets != GuardAction.Allow)
        {
            checks.Add(new SecretCheck());
        }

        if (rules.Links != GuardAction.Allow)
        {
            checks.Add(new LinkCheck(rules.LinkPolicy, new LinkContextText(texts.Select(text => text.Text))));
        }

        if (rules.SystemPrompt != GuardAction.Allow && string.Join("\n", texts.Where(text => text.Channel == GuardChannel.System).Select(text => text.Text)) is { Length: > 0 } prompt)
        {
            // Of a longer one the beginning is watched.
            checks.Add(new SystemPromptCheck(new Output.Prompts.SystemPrompt(prompt[..Math.Min(prompt.Length, Output.Prompts.SystemPrompt.LongestPrompt)]), null, string.Join("\n", own)));
        }

        if (rules.Weights != GuardAction.Allow)
        {
            checks.Add(new WeightCheck(null));
        }

        if (rules.ForeignPersonalData != GuardAction.Allow)
        {
            checks.Add(new ForeignPersonalDataCheck(CompiledPack.Recognisers, texts.Where(text => text.Channel != GuardChannel.System).Select(text => text.Text)));
        }

        return checks;
    }
}
