namespace Amnion.Attestation.Dcap;

/// <summary>Stable codes of Intel DCAP Evidence, SGX and TDX. Codes are never reused or renumbered.</summary>
public static class DcapCodes
{
    /// <summary>The Evidence is not a well-formed DCAP quote.</summary>
    public const string Malformed = "AMN-DCAP-0001";

    /// <summary>The quote's version is not 3, 4 or 5.</summary>
    public const string UnsupportedVersion = "AMN-DCAP-0002";

    /// <summary>The attestation key is not ECDSA on P-256.</summary>
    public const string UnsupportedKeyType = "AMN-DCAP-0003";

    /// <summary>The quote is neither for SGX nor for TDX.</summary>
    public const string UnsupportedTee = "AMN-DCAP-0004";

    /// <summary>A certificate of the quote or of the endorsements is not strict DER, or not PEM where the quote has PEM.</summary>
    public const string CertificateMalformed = "AMN-DCAP-0005";

    /// <summary>The PCK certificate has no SGX extension, or not of Intel's form.</summary>
    public const string PckExtension = "AMN-DCAP-0006";

    /// <summary>A TCB info is not of Intel's form.</summary>
    public const string TcbInfoMalformed = "AMN-DCAP-0007";

    /// <summary>An enclave identity is not of Intel's form.</summary>
    public const string QeIdentityMalformed = "AMN-DCAP-0008";

    /// <summary>Bytes follow the quote, which no signature covers: zeros are ignored, others refused.</summary>
    public const string Trailing = "AMN-DCAP-0009";

    /// <summary>The quote's signature does not verify under the attestation key.</summary>
    public const string QuoteSignature = "AMN-DCAP-0010";

    /// <summary>The quoting enclave's report is not signed by the PCK certificate's key.</summary>
    public const string QeReportSignature = "AMN-DCAP-0011";

    /// <summary>The quoting enclave's report does not name the attestation key and the authentication data.</summary>
    public const string QeReportData = "AMN-DCAP-0012";

    /// <summary>Bytes 32 to 63 of the quoting enclave's REPORTDATA are not zero.</summary>
    public const string QeReportDataPadding = "AMN-DCAP-0013";

    /// <summary>The quoting enclave is not Intel's.</summary>
    public const string QeVendor = "AMN-DCAP-0014";

    /// <summary>The quote names its platform without a certificate chain, and no PCK certificate that fits was given.</summary>
    public const string NoPckChain = "AMN-DCAP-0015";

    /// <summary>The quote's chain is not PCK certificate, PCK CA and root in that order.</summary>
    public const string PckChainLength = "AMN-DCAP-0016";

    /// <summary>A certificate has not the common name that Intel gives to its role.</summary>
    public const string CommonName = "AMN-DCAP-0017";

    /// <summary>An endorsed certificate has the common name of one of Intel's roles and does not lead to the trust anchor.</summary>
    public const string StrayCertificate = "AMN-DCAP-0018";

    /// <summary>No TCB info was given.</summary>
    public const string TcbInfoMissing = "AMN-DCAP-0020";

    /// <summary>The TCB info is for the other kind of TEE, or of a version that the TEE has not.</summary>
    public const string TcbInfoTee = "AMN-DCAP-0021";

    /// <summary>The TCB info is for another family of platforms than the PCK certificate names.</summary>
    public const string Fmspc = "AMN-DCAP-0022";

    /// <summary>The TCB info is for another provisioning certification enclave than the PCK certificate names.</summary>
    public const string PceId = "AMN-DCAP-0023";

    /// <summary>The TCB info's levels compare in a way this version does not know.</summary>
    public const string TcbType = "AMN-DCAP-0024";

    /// <summary>The TCB info is not signed by Intel's TCB signing certificate.</summary>
    public const string TcbInfoSignature = "AMN-DCAP-0025";

    /// <summary>The TCB info was issued later.</summary>
    public const string TcbInfoNotYetValid = "AMN-DCAP-0026";

    /// <summary>Intel has issued newer TCB info.</summary>
    public const string TcbInfoExpired = "AMN-DCAP-0027";

    /// <summary>The platform reaches none of the levels that the TCB info lists.</summary>
    public const string TcbLevel = "AMN-DCAP-0028";

    /// <summary>No identity of the quoting enclave was given.</summary>
    public const string QeIdentityMissing = "AMN-DCAP-0030";

    /// <summary>The enclave identity is for another enclave: QE is SGX's, TD_QE is TDX's.</summary>
    public const string QeIdentityId = "AMN-DCAP-0031";

    /// <summary>The enclave identity is not of version 2.</summary>
    public const string QeIdentityVersion = "AMN-DCAP-0032";

    /// <summary>The enclave identity is not signed by Intel's TCB signing certificate.</summary>
    public const string QeIdentitySignature = "AMN-DCAP-0033";

    /// <summary>The enclave identity was issued later.</summary>
    public const string QeIdentityNotYetValid = "AMN-DCAP-0034";

    /// <summary>Intel has issued a newer enclave identity.</summary>
    public const string QeIdentityExpired = "AMN-DCAP-0035";

    /// <summary>The quoting enclave has another signer than its identity.</summary>
    public const string QeMrSigner = "AMN-DCAP-0036";

    /// <summary>The quoting enclave has another product number than its identity.</summary>
    public const string QeIsvProdId = "AMN-DCAP-0037";

    /// <summary>The quoting enclave's MISCSELECT differs from its identity under the mask.</summary>
    public const string QeMiscSelect = "AMN-DCAP-0038";

    /// <summary>The quoting enclave's ATTRIBUTES differ from its identity under the mask.</summary>
    public const string QeAttributes = "AMN-DCAP-0039";

    /// <summary>The quoting enclave is older than every level of its identity.</summary>
    public const string QeLevel = "AMN-DCAP-0040";

    /// <summary>No TCB signing certificate was given, or none with a path to a root.</summary>
    public const string TcbSigner = "AMN-DCAP-0041";

    /// <summary>The TCB info says nothing of the TDX module's major version.</summary>
    public const string TdxModuleUnknown = "AMN-DCAP-0042";

    /// <summary>MRSIGNERSEAM differs from the TCB info.</summary>
    public const string TdxModuleSigner = "AMN-DCAP-0043";

    /// <summary>SEAMATTRIBUTES differ from the TCB info under the mask.</summary>
    public const string TdxModuleAttributes = "AMN-DCAP-0044";

    /// <summary>The TDX module is older than every level that the TCB info lists.</summary>
    public const string TdxModuleLevel = "AMN-DCAP-0045";

    /// <summary>The platform's status is not one that the policy accepts.</summary>
    public const string TcbStatus = "AMN-DCAP-0050";

    /// <summary>An advisory applies that the policy does not accept.</summary>
    public const string Advisories = "AMN-DCAP-0051";

    /// <summary>Intel has revoked the platform's TCB level, its TDX module or its quoting enclave. No policy accepts this.</summary>
    public const string TcbRevoked = "AMN-DCAP-0052";

    /// <summary>MRSIGNERSEAM is not zero: the TDX module is not Intel's.</summary>
    public const string MrSignerSeam = "AMN-DCAP-0060";

    /// <summary>SEAMATTRIBUTES are not zero.</summary>
    public const string SeamAttributes = "AMN-DCAP-0061";

    /// <summary>TDATTRIBUTES has bits that are reserved or that profile the trust domain.</summary>
    public const string TdAttributesReserved = "AMN-DCAP-0062";

    /// <summary>SEPT_VE_DISABLE is off: the host may raise exceptions in the trust domain by taking pages away.</summary>
    public const string SeptVeDisable = "AMN-DCAP-0063";

    /// <summary>The trust domain may be moved to another machine.</summary>
    public const string Migratable = "AMN-DCAP-0064";

    /// <summary>The trust domain uses supervisor protection keys, which the policy does not expect.</summary>
    public const string ProtectionKeys = "AMN-DCAP-0065";

    /// <summary>The trust domain uses Key Locker, which the policy does not expect.</summary>
    public const string KeyLocker = "AMN-DCAP-0066";

    /// <summary>The trust domain uses performance counters, which the policy does not expect.</summary>
    public const string PerformanceMonitoring = "AMN-DCAP-0067";

    /// <summary>XFAM lacks x87 or SSE, or has features that no trust domain can have.</summary>
    public const string Xfam = "AMN-DCAP-0068";

    /// <summary>A service trust domain is bound, which may move the trust domain, and the policy names none.</summary>
    public const string ServiceTd = "AMN-DCAP-0069";

    /// <summary>The enclave was never initialised.</summary>
    public const string NotInitialised = "AMN-DCAP-0070";

    /// <summary>ATTRIBUTES has reserved bits.</summary>
    public const string SgxAttributesReserved = "AMN-DCAP-0071";

    /// <summary>The enclave may derive provisioning or launch keys, which identify the platform for good.</summary>
    public const string ProvisioningKeys = "AMN-DCAP-0072";

    /// <summary>The certificate, or what it carries, is not of the form of its RA-TLS dialect.</summary>
    public const string RaTlsMalformed = "AMN-DCAP-0080";

    /// <summary>The RA-TLS certificate is not signed by its own key.</summary>
    public const string RaTlsSignature = "AMN-DCAP-0081";

    /// <summary>REPORTDATA does not name the certificate's key.</summary>
    public const string RaTlsBinding = "AMN-DCAP-0082";

    /// <summary>The RA-TLS certificate is not valid now.</summary>
    public const string RaTlsValidity = "AMN-DCAP-0083";

    /// <summary>The claims in the certificate are not the ones its quote names.</summary>
    public const string RaTlsClaims = "AMN-DCAP-0084";

    /// <summary>The RA-TLS claims do not carry the relying party's nonce.</summary>
    public const string RaTlsNonce = "AMN-DCAP-0085";
}
