namespace Amnion.Cli.EndorsementCollection;

/// <summary>What an endorsement is, as the library's <see cref="Amnion.Attestation.Endorsements"/> sorts them.</summary>
enum EndorsementKind
{
    /// <summary>A certificate, or several in PEM.</summary>
    Certificate,

    /// <summary>A certificate revocation list.</summary>
    RevocationList,

    /// <summary>Intel's TCB info.</summary>
    TcbInfo,

    /// <summary>Intel's identity of a quoting enclave.</summary>
    EnclaveIdentity,

    /// <summary>NVIDIA's Reference Integrity Manifest.</summary>
    Rim,

    /// <summary>An OCSP response.</summary>
    OcspResponse,
}
