using Amnion.Guard.Packs;
using Amnion.Guard.Pii;
using Amnion.Guard.Redaction;

namespace Amnion.Guard.Pipeline;

/// <summary>A pack with everything its checks share, made once. Safe for several threads.</summary>
sealed class CompiledPack
{
    static readonly PiiScanner s_scanner = new();

    public CompiledPack(GuardPack pack)
    {
        Pack = pack;
        Attacks = pack.Attacks is { } attacks ? new AttackScanner(attacks) : null;
        Redactor = pack.PersonalData is { } personal ? new Redactor(s_scanner, personal.ToRedactionPolicy()) : null;
        Recognisers = new OwnRecognisers(s_scanner);
    }

    public GuardPack Pack { get; }

    public AttackScanner? Attacks { get; }

    public Redactor? Redactor { get; }

    public OwnRecognisers Recognisers { get; }
}
