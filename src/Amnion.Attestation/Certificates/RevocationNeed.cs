namespace Amnion.Attestation.Certificates;

/// <summary>For which issuers of a path a current revocation list must be given.</summary>
enum RevocationNeed
{
    /// <summary>Lists are applied where given and never missed (AWS: its process has none).</summary>
    None,

    /// <summary>The root's, about the CAs right below it (AMD: the chip's CA publishes none).</summary>
    Root,

    /// <summary>Every issuer's (Intel).</summary>
    EveryIssuer,
}
