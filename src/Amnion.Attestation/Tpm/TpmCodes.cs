namespace Amnion.Attestation.Tpm;

/// <summary>Stable codes of TPM 2.0 Evidence. Codes are never reused or renumbered.</summary>
public static class TpmCodes
{
    /// <summary>The Evidence is not well formed: container, quote, signature, public area or register values.</summary>
    public const string Malformed = "AMN-TPM-0001";

    /// <summary>What was signed is not a quote that a TPM made.</summary>
    public const string NotAQuote = "AMN-TPM-0002";

    /// <summary>A certificate of the attestation key or endorsement key is not strict DER of RFC 5280.</summary>
    public const string CertificateMalformed = "AMN-TPM-0003";

    /// <summary>The signature's scheme does not fit the key, or its hash is SHA-1.</summary>
    public const string SignatureAlgorithm = "AMN-TPM-0010";

    /// <summary>A quote's signature does not verify under the attestation key.</summary>
    public const string Signature = "AMN-TPM-0011";

    /// <summary>The attestation key is absent, or of another kind or size than is accepted.</summary>
    public const string KeyType = "AMN-TPM-0012";

    /// <summary>The attestation key is not restricted to signing what its TPM made, or the public area that says so is of another key.</summary>
    public const string KeyAttributes = "AMN-TPM-0013";

    /// <summary>Nothing that the relying party trusts vouches for the attestation key.</summary>
    public const string Provenance = "AMN-TPM-0014";

    /// <summary>The attestation key's certificate is for another purpose.</summary>
    public const string KeyPurpose = "AMN-TPM-0015";

    /// <summary>No quote covers a bank of SHA-256 or a longer hash.</summary>
    public const string Bank = "AMN-TPM-0016";

    /// <summary>A quote covers no register, or not those that are required.</summary>
    public const string Selection = "AMN-TPM-0017";

    /// <summary>Register values were presented that no quote covers, or a covered one is missing.</summary>
    public const string UnquotedValues = "AMN-TPM-0018";

    /// <summary>A quote's digest is not the hash of the register values.</summary>
    public const string PcrDigest = "AMN-TPM-0019";

    /// <summary>The quote does not carry the relying party's nonce.</summary>
    public const string Nonce = "AMN-TPM-0020";

    /// <summary>The quotes are not of one TPM in one boot, or two are of the same bank.</summary>
    public const string QuotesDiffer = "AMN-TPM-0021";

    /// <summary>The endorsement key's certificate does not keep the TCG's profile.</summary>
    public const string EndorsementProfile = "AMN-TPM-0030";

    /// <summary>The endorsement key's certificate does not lead to a trust anchor.</summary>
    public const string EndorsementChain = "AMN-TPM-0031";
}
