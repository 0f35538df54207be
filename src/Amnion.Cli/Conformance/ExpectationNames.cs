namespace Amnion.Cli.Conformance;

/// <summary>Words of a manifest's entries. What stands in none of these lists must be answered, or the case does not agree.</summary>
static class ExpectationNames
{
    /// <summary>Members of an expectation that say where it comes from.</summary>
    public static readonly string[] Remarks = ["outcome", "basis", "why", "note", "notes", "comment", "description", "source"];

    /// <summary>Members of an entry that are read by name, or that say how the entry was made.</summary>
    public static readonly string[] Members =
    [
        "id", "tee", "kind", "files", "verify_at", "expected", "decoded", "derived_from", "anchor", "intermediate", "chain", "policy", "vek_extensions", "vek_serial",
        "validity", "verified_independently", "collateral_native", "basis", "why", "note", "notes", "comment", "description", "title", "source", "licence",
    ];

    /// <summary>Members of an entry whose values are compared like decoded ones, under their own names.</summary>
    public static readonly string[] Compared = ["vek_extensions", "vek_serial"];

    /// <summary>Members of an entry that name files.</summary>
    public static readonly string[] Files = ["anchor", "intermediate", "chain"];

    /// <summary>Decoded values that describe the file and not the attester; a mutant that is accepted may differ in them.</summary>
    public static readonly string[] NoIdentity = ["total_len", "trailing", "trailing_zero", "sig_data_len", "cert_data_len"];
}
