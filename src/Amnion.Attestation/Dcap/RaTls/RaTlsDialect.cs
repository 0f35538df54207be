namespace Amnion.Attestation.Dcap.RaTls;

/// <summary>How a certificate carries a quote.</summary>
public enum RaTlsDialect
{
    /// <summary>Interoperable RA-TLS: extension 2.23.133.5.4.9 (tcg-dice-TaggedEvidence), a tagged CBOR array of quote and claims. Gramine, Occlum with rats-tls, Intel SGX SDK.</summary>
    Dice,

    /// <summary>Extension 1.2.840.113741.1337.6 with the bare quote: Gramine and rats-tls before they had the standard.</summary>
    BareQuote,

    /// <summary>Extension 1.2.840.113556.10.1.1 with an Open Enclave report: a header of 16 bytes and the quote.</summary>
    OpenEnclave,
}
