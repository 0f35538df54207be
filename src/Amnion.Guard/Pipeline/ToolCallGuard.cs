using System.Collections.Immutable;
using Amnion.Guard.Output;
using Amnion.Guard.Signatures;
using Amnion.Guard.Text;

namespace Amnion.Guard.Pipeline;

/// <summary>
/// Decides about the tool calls of one answer: whether a document or a tool's result may have brought one about, and whether its arguments carry what an answer may not. Nobody can be asked for consent here, so a call
/// that would need it is treated as one that is refused.
/// </summary>
sealed class ToolCallGuard(CompiledPack pack, ImmutableArray<GuardedText> texts, GuardCounts counts)
{
    readonly string _user = string.Join('\n', texts.Where(text => text.Channel == GuardChannel.User && !text.FromModel).Select(text => text.Text));
    readonly Lazy<ImmutableArray<NormalizedText>> _untrusted = new(() => [.. texts.Where(text => IsUntrusted(text.Channel)).Select(text => TextNormalizer.Normalize(text.Text))], LazyThreadSafetyMode.None);

    TaintWords? _words;

    /// <summary>Documents and tool results: nobody vouches for who wrote them.</summary>
    public static bool IsUntrusted(GuardChannel channel) => channel is GuardChannel.Document or GuardChannel.Tool;

    /// <summary>False where the policy refuses the call. Counts what was found, as enforced.</summary>
    /// <param name="tool">The tool's name.</param>
    /// <param name="arguments">Its arguments, with values in place of their surrogates.</param>
    public bool Passes(string tool, string arguments) => IsOwn(tool, arguments) & IsClean(arguments);

    bool IsOwn(string tool, string arguments)
    {
        if (pack is not { Calls: { } taint, Pack.Tools: { } rules })
        {
            return true;
        }

        var verdict = taint.Decide(tool, arguments, _untrusted.Value, () => _words ??= new TaintWords(_user, _untrusted.Value));
        foreach (var reason in verdict.Reasons)
        {
            counts.Add(reason.Code, rules.Calls);
        }

        return verdict.Decision == ToolDecision.Allow || rules.Calls != GuardAction.Block;
    }

    // A redacted argument is another call: what would be cut out of an answer refuses a call.
    bool IsClean(string arguments)
    {
        if (pack.Pack.Answer is not { } rules)
        {
            return true;
        }

        List<string> strings = [];
        _ = JsonStrings.Change(arguments, text =>
        {
            strings.Add(text);
            return text;
        });
        // As the caller's tool reads them, and as they stand: a password is one by its member's name.
        var said = string.Join('\n', strings.Append(arguments));
        var policy = rules.ToAnswerPolicy(dryRun: false);

        // Nothing ends this look early: what follows a key of the user's own may not be theirs.
        var filter = new AnswerFilter(policy with { Actions = policy.Actions.ToImmutableDictionary(pair => pair.Key, pair => pair.Value == GuardAction.Block && pair.Key != OutputCodes.TooLong ? GuardAction.Redact : pair.Value, StringComparer.Ordinal) }, AnswerGuard.Checks(rules, texts));
        _ = filter.Push(said) + filter.Complete();

        // Of more hits than are kept nobody knows whether they are the user's.
        var clean = filter.FindingCount <= AnswerFilter.MostFindings;
        foreach (var code in filter.Findings.Where(finding => !IsUsers(finding, said)).Select(finding => finding.Code).Distinct())
        {
            // Each code once a call: what stands in a string stands in the whole too.
            var action = policy.ActionFor(code) == GuardAction.Redact ? GuardAction.Block : policy.ActionFor(code);
            counts.Add(code, action);
            clean &= action != GuardAction.Block;
        }

        return clean;
    }

    /// <summary>A key that the user wrote may go where the user's own tool needs it.</summary>
    bool IsUsers(GuardFinding finding, string said) => finding.Code == OutputCodes.Secret && _user.Contains(said.AsSpan(finding.Span.Start, finding.Span.Length), StringComparison.Ordinal);
}
