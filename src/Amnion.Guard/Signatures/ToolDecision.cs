namespace Amnion.Guard.Signatures;

/// <summary>What happens to a proposed tool call, from the mildest to the strictest.</summary>
public enum ToolDecision
{
    /// <summary>It may be made.</summary>
    Allow,

    /// <summary>It waits for the user's consent.</summary>
    Approve,

    /// <summary>It is refused.</summary>
    Block,
}
