namespace Amnion.Guard.Packs;

/// <summary>Codes of guard policies, their packs, and of what the pipeline refuses as a whole.</summary>
public static class PackCodes
{
    /// <summary>A guard policy is malformed.</summary>
    public const string PolicyMalformed = "AMN-GUARD-0001";

    /// <summary>No route of the policy is for this tenant and path.</summary>
    public const string NoRoute = "AMN-GUARD-0002";

    /// <summary>A conversation is longer than the guard looks at.</summary>
    public const string TooLong = "AMN-GUARD-0003";

    /// <summary>A guard policy is not signed by the key that must have signed it.</summary>
    public const string NotSigned = "AMN-GUARD-0004";

    /// <summary>A signed guard policy is older than the one in force.</summary>
    public const string Older = "AMN-GUARD-0005";
}
