namespace Amnion.Attestation;

/// <summary>What a check is about. Claims exist only where every check of authenticity passed; the policy's come on top.</summary>
public enum CheckKind
{
    /// <summary>Form, signatures, chains and endorsements: whether the Evidence is what it says.</summary>
    Authenticity,

    /// <summary>A comparison with what the relying party wants.</summary>
    Policy,
}
