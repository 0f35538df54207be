namespace Amnion.Attestation.Tokens;

/// <summary>How far an attester, or one aspect of it, can be trusted: draft-ietf-rats-ar4si-09 §3.2. The values are the drafts'.</summary>
public enum TrustTier
{
    /// <summary>Nothing can be said.</summary>
    None = 0,

    /// <summary>Nothing speaks against trust, and something speaks for it.</summary>
    Affirming = 2,

    /// <summary>Something speaks against trust; the relying party should look closer.</summary>
    Warning = 32,

    /// <summary>The attester must not be trusted.</summary>
    Contraindicated = 96,
}
