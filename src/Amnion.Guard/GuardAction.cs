namespace Amnion.Guard;

/// <summary>What is done about a finding, from the mildest to the strictest; several findings give the strictest.</summary>
public enum GuardAction
{
    /// <summary>Nothing.</summary>
    Allow,

    /// <summary>It passes and is counted in the receipt.</summary>
    Flag,

    /// <summary>The text found is replaced.</summary>
    Redact,

    /// <summary>The request or the rest of the answer is refused.</summary>
    Block,
}
