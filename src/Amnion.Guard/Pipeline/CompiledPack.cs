using Amnion.Guard.Packs;
using Amnion.Guard.Pii;
using Amnion.Guard.Redaction;

namespace Amnion.Guard.Pipeline;

/// <summary>A pack with everything its checks share, made once. Safe for several threads.</summary>
sealed class CompiledPack
{
    // Its tables are made where a pack looks for personal data, and nowhere else.
    static readonly Lazy<PiiScanner> s_scanner = new(static () => new PiiScanner());

    public CompiledPack(GuardPack pack)
    {
        Pack = pack;
        Attacks = pack.Attacks is { } attacks ? new AttackScanner(attacks) : null;
        Redactor = pack.PersonalData is { } personal ? new Redactor(s_scanner.Value, personal.ToRedactionPolicy()) : null;
    }

    public GuardPack Pack { get; }

    public AttackScanner? Attacks { get; }

    public Redactor? Redactor { get; }

    public static OwnRecognisers Recognisers => new(s_scanner.Value);
}
