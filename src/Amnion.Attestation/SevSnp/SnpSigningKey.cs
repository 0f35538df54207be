namespace Amnion.Attestation.SevSnp;

/// <summary>The key that a report says it is signed with: AMD 56860, SIGNING_KEY (bits 2 to 4 of offset 48h). Values 2 to 6 are reserved.</summary>
public enum SnpSigningKey
{
    /// <summary>The chip's own Versioned Chip Endorsement Key.</summary>
    Vcek = 0,

    /// <summary>The Versioned Loaded Endorsement Key that AMD issues to a cloud provider, the same on many chips.</summary>
    Vlek = 1,

    /// <summary>None: the report is not signed and proves nothing.</summary>
    None = 7,
}
