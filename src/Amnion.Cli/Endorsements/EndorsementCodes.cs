namespace Amnion.Cli.EndorsementCollection;

/// <summary>Stable codes of fetching and reading endorsements. Catalogued in docs/diagnostics.md.</summary>
static class EndorsementCodes
{
    /// <summary>The file is no Evidence whose endorsements are known.</summary>
    public const string EvidenceUnknown = "AMN-ENDORSE-0001";

    /// <summary>An endorsement is not in the cache, and the command may not open a connection.</summary>
    public const string Missing = "AMN-ENDORSE-0002";

    /// <summary>The source answered with an error.</summary>
    public const string Refused = "AMN-ENDORSE-0003";

    /// <summary>The source could not be reached, or the answer broke off or took too long.</summary>
    public const string Unreachable = "AMN-ENDORSE-0004";

    /// <summary>The answer is longer than anything of its kind.</summary>
    public const string TooLong = "AMN-ENDORSE-0005";

    /// <summary>The answer is not of the kind that was asked for.</summary>
    public const string WrongContent = "AMN-ENDORSE-0006";

    /// <summary>The source sent the request elsewhere.</summary>
    public const string RedirectedAway = "AMN-ENDORSE-0007";

    /// <summary>A file of the cache was altered or cut; it was not used.</summary>
    public const string CacheDamaged = "AMN-ENDORSE-0008";

    /// <summary>A named file holds nothing that is recognised as an endorsement.</summary>
    public const string FileUnknown = "AMN-ENDORSE-0009";

    /// <summary>There are more endorsements, or longer files, than an appraisal looks at.</summary>
    public const string TooMany = "AMN-ENDORSE-0010";
}
