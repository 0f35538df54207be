using System.Collections.Frozen;
using Amnion.Guard.Packs;
using Amnion.Guard.Pii;
using Amnion.Guard.Redaction;
using Amnion.Guard.Signatures;

namespace Amnion.Guard.Pipeline;

/// <summary>A pack with everything its checks share, made once. Safe for several threads.</summary>
sealed class CompiledPack
{
    // Its tables are made where a pack looks for personal data, and nowhere else.
    static readonly Lazy<PiiScanner> s_scanner = new(static () => new PiiScanner());

    readonly FrozenSet<string> _kept = FrozenSet<string>.Empty;

    public CompiledPack(GuardPack pack)
    {
        Pack = pack;
        Attacks = pack.Attacks is { } attacks ? new AttackScanner(attacks) : null;
        Calls = pack.Tools is { Calls: not GuardAction.Allow } tools ? new ToolTaint(tools.Rules, tools.Otherwise is { } trust ? new ToolRule { Trust = trust } : null) : null;
        if (pack.PersonalData is { } personal)
        {
            var policy = personal.ToRedactionPolicy();
            Redactor = new Redactor(s_scanner.Value, policy);
            _kept = s_scanner.Value.Types.Where(type => policy.For(type) is RedactionOperator.Keep).Select(type => type.Rule).ToFrozenSet(StringComparer.Ordinal);
        }
    }

    public GuardPack Pack { get; }

    public AttackScanner? Attacks { get; }

    public Redactor? Redactor { get; }

    public ToolTaint? Calls { get; }

    /// <summary>What is done about personal data that was found: a type that is kept reaches the engine and is only counted.</summary>
    public GuardAction ActionFor(GuardFinding personal) => _kept.Contains(personal.Rule) ? GuardAction.Flag : GuardAction.Redact;

    public static OwnRecognisers Recognisers => new(s_scanner.Value);
}
