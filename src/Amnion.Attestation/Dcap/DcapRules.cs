namespace Amnion.Attestation.Dcap;

/// <summary>Every check of DCAP Evidence: its code, its words and where the rule stands.</summary>
static class DcapRules
{
    const string Gen = "Intel SGX ECDSA QuoteGenReference ";
    const string Qvl = "Intel SGX and TDX DCAP Quote Verification Library, verifyQuote";
    const string Pcs = "Intel PCS API version 4, ";
    const string Profile = "Intel SGX PCK Certificate and CRL Profile ";
    const string Tdx = "Intel TDX Module Base Architecture Specification, ";
    const string Sdm = "Intel SDM volume 3D, ";

    public static readonly CheckRule Malformed = new(DcapCodes.Malformed, "quote is well formed", Gen + "A.4, Intel TDX DCAP Quoting Library API A.3");
    public static readonly CheckRule UnsupportedVersion = new(DcapCodes.UnsupportedVersion, "quote has a known version", Gen + "A.4, Intel TDX DCAP Quoting Library API A.3");
    public static readonly CheckRule UnsupportedKeyType = new(DcapCodes.UnsupportedKeyType, "attestation key is of a known kind", Gen + "A.4");
    public static readonly CheckRule UnsupportedTee = new(DcapCodes.UnsupportedTee, "quote is for SGX or TDX", "Intel TDX DCAP Quoting Library API A.3");
    public static readonly CheckRule CertificateMalformed = new(DcapCodes.CertificateMalformed, "certificates are well formed", "RFC 5280 §4.1, RFC 7468");
    public static readonly CheckRule PckExtension = new(DcapCodes.PckExtension, "PCK certificate describes its platform", Profile + "§1.3.5");
    public static readonly CheckRule TcbInfoMalformed = new(DcapCodes.TcbInfoMalformed, "TCB info is well formed", Pcs + "Get TCB Info");
    public static readonly CheckRule QeIdentityMalformed = new(DcapCodes.QeIdentityMalformed, "enclave identity is well formed", Pcs + "Get QE Identity");
    public static readonly CheckRule Trailing = new(DcapCodes.Trailing, "nothing but zeros follows the quote", Gen + "A.4");
    public static readonly CheckRule QuoteSignature = new(DcapCodes.QuoteSignature, "quote is signed by the attestation key", Qvl);
    public static readonly CheckRule QeReportSignature = new(DcapCodes.QeReportSignature, "quoting enclave's report is signed by the platform's key", Qvl);
    public static readonly CheckRule QeReportData = new(DcapCodes.QeReportData, "quoting enclave vouches for the attestation key", Qvl);
    public static readonly CheckRule QeReportDataPadding = new(DcapCodes.QeReportDataPadding, "rest of the quoting enclave's REPORTDATA is zero", Gen + "A.4");
    public static readonly CheckRule QeVendor = new(DcapCodes.QeVendor, "quoting enclave is Intel's", Gen + "A.4");
    public static readonly CheckRule NoPckChain = new(DcapCodes.NoPckChain, "PCK certificate is known", Gen + "A.4, certification data");
    public static readonly CheckRule PckChainLength = new(DcapCodes.PckChainLength, "PCK chain has leaf, CA and root", Profile + "§1");
    public static readonly CheckRule CommonName = new(DcapCodes.CommonName, "certificates have Intel's common names", Profile + "§1.3");
    public static readonly CheckRule StrayCertificate = new(DcapCodes.StrayCertificate, "endorsed certificates lead to the trust anchor", "RFC 5280 §6.1");
    public static readonly CheckRule TcbInfoMissing = new(DcapCodes.TcbInfoMissing, "TCB info was given", Qvl);
    public static readonly CheckRule TcbInfoTee = new(DcapCodes.TcbInfoTee, "TCB info is for the quote's TEE", Qvl);
    public static readonly CheckRule Fmspc = new(DcapCodes.Fmspc, "TCB info is for the platform's FMSPC", Qvl);
    public static readonly CheckRule PceId = new(DcapCodes.PceId, "TCB info is for the platform's PCEID", Qvl);
    public static readonly CheckRule TcbType = new(DcapCodes.TcbType, "TCB levels compare component by component", Pcs + "tcbType");
    public static readonly CheckRule TcbInfoSignature = new(DcapCodes.TcbInfoSignature, "TCB info is signed", Pcs + "Get TCB Info");
    public static readonly CheckRule TcbInfoNotYetValid = new(DcapCodes.TcbInfoNotYetValid, "TCB info is not from the future", Pcs + "issueDate");
    public static readonly CheckRule TcbInfoExpired = new(DcapCodes.TcbInfoExpired, "TCB info is current", Pcs + "nextUpdate");
    public static readonly CheckRule TcbLevel = new(DcapCodes.TcbLevel, "platform is at a level that Intel knows", Pcs + "comparison algorithm");
    public static readonly CheckRule QeIdentityMissing = new(DcapCodes.QeIdentityMissing, "identity of the quoting enclave was given", Qvl);
    public static readonly CheckRule QeIdentityId = new(DcapCodes.QeIdentityId, "enclave identity is of the TEE's quoting enclave", Qvl);
    public static readonly CheckRule QeIdentityVersion = new(DcapCodes.QeIdentityVersion, "enclave identity has a known version", Qvl);
    public static readonly CheckRule QeIdentitySignature = new(DcapCodes.QeIdentitySignature, "enclave identity is signed", Pcs + "Get QE Identity");
    public static readonly CheckRule QeIdentityNotYetValid = new(DcapCodes.QeIdentityNotYetValid, "enclave identity is not from the future", Pcs + "issueDate");
    public static readonly CheckRule QeIdentityExpired = new(DcapCodes.QeIdentityExpired, "enclave identity is current", Pcs + "nextUpdate");
    public static readonly CheckRule QeMrSigner = new(DcapCodes.QeMrSigner, "quoting enclave's signer is Intel's", Qvl);
    public static readonly CheckRule QeIsvProdId = new(DcapCodes.QeIsvProdId, "quoting enclave's product is the identity's", Qvl);
    public static readonly CheckRule QeMiscSelect = new(DcapCodes.QeMiscSelect, "quoting enclave's MISCSELECT is the identity's", Qvl);
    public static readonly CheckRule QeAttributes = new(DcapCodes.QeAttributes, "quoting enclave's ATTRIBUTES are the identity's", Qvl);
    public static readonly CheckRule QeLevel = new(DcapCodes.QeLevel, "quoting enclave is at a level that Intel knows", Qvl);
    public static readonly CheckRule TcbSigner = new(DcapCodes.TcbSigner, "TCB signing certificate was given", Pcs + "TCB-Info-Issuer-Chain");
    public static readonly CheckRule TdxModuleUnknown = new(DcapCodes.TdxModuleUnknown, "TDX module is one that Intel knows", Qvl);
    public static readonly CheckRule TdxModuleSigner = new(DcapCodes.TdxModuleSigner, "TDX module's signer is the one Intel states", Qvl);
    public static readonly CheckRule TdxModuleAttributes = new(DcapCodes.TdxModuleAttributes, "TDX module's attributes are those Intel states", Qvl);
    public static readonly CheckRule TdxModuleLevel = new(DcapCodes.TdxModuleLevel, "TDX module is at a level that Intel knows", Qvl);
    public static readonly CheckRule TcbStatus = new(DcapCodes.TcbStatus, "platform's status is accepted", "Amnion policy format §3, Intel PCS API version 4, tcbStatus", CheckKind.Policy);
    public static readonly CheckRule Advisories = new(DcapCodes.Advisories, "advisories that apply are accepted", "Amnion policy format §3, Intel PCS API version 4, advisoryIDs", CheckKind.Policy);
    public static readonly CheckRule TcbRevoked = new(DcapCodes.TcbRevoked, "platform's TCB is not revoked", Pcs + "tcbStatus", CheckKind.Policy);
    public static readonly CheckRule MrSignerSeam = new(DcapCodes.MrSignerSeam, "TDX module is signed by Intel", Tdx + "MRSIGNERSEAM");
    public static readonly CheckRule SeamAttributes = new(DcapCodes.SeamAttributes, "TDX module's attributes are zero", Tdx + "SEAMATTRIBUTES");
    public static readonly CheckRule TdAttributesReserved = new(DcapCodes.TdAttributesReserved, "TDATTRIBUTES has no reserved bit", Tdx + "TD Attributes", CheckKind.Policy);
    public static readonly CheckRule SeptVeDisable = new(DcapCodes.SeptVeDisable, "host cannot raise exceptions by taking pages away", Tdx + "TD Attributes", CheckKind.Policy);
    public static readonly CheckRule Migratable = new(DcapCodes.Migratable, "trust domain stays on its machine", Tdx + "TD Attributes", CheckKind.Policy);
    public static readonly CheckRule ProtectionKeys = new(DcapCodes.ProtectionKeys, "supervisor protection keys are off", Tdx + "TD Attributes", CheckKind.Policy);
    public static readonly CheckRule KeyLocker = new(DcapCodes.KeyLocker, "Key Locker is off", Tdx + "TD Attributes", CheckKind.Policy);
    public static readonly CheckRule PerformanceMonitoring = new(DcapCodes.PerformanceMonitoring, "performance counters are off", Tdx + "TD Attributes", CheckKind.Policy);
    public static readonly CheckRule Xfam = new(DcapCodes.Xfam, "XFAM is one a trust domain can have", Tdx + "XFAM", CheckKind.Policy);
    public static readonly CheckRule ServiceTd = new(DcapCodes.ServiceTd, "no unknown service trust domain is bound", Tdx + "MRSERVICETD", CheckKind.Policy);
    public static readonly CheckRule NotInitialised = new(DcapCodes.NotInitialised, "enclave was initialised", Sdm + "ATTRIBUTES.INIT");
    public static readonly CheckRule SgxAttributesReserved = new(DcapCodes.SgxAttributesReserved, "ATTRIBUTES has no reserved bit", Sdm + "ATTRIBUTES", CheckKind.Policy);
    public static readonly CheckRule ProvisioningKeys = new(DcapCodes.ProvisioningKeys, "enclave derives no provisioning or launch key", Sdm + "ATTRIBUTES.PROVISIONKEY", CheckKind.Policy);
    public static readonly CheckRule RaTlsMalformed = new(DcapCodes.RaTlsMalformed, "RA-TLS certificate is well formed", "Interoperable RA-TLS, X.509 certificate and evidence formats");
    public static readonly CheckRule RaTlsSignature = new(DcapCodes.RaTlsSignature, "RA-TLS certificate is signed by its own key", "RFC 5280 §4.1.1.3");
    public static readonly CheckRule RaTlsBinding = new(DcapCodes.RaTlsBinding, "quote binds the certificate's key", "Interoperable RA-TLS, evidence custom claims");
    public static readonly CheckRule RaTlsValidity = new(DcapCodes.RaTlsValidity, "RA-TLS certificate is valid now", "RFC 5280 §4.1.2.5");
    public static readonly CheckRule RaTlsClaims = new(DcapCodes.RaTlsClaims, "claims are the ones the quote names", "Interoperable RA-TLS, evidence custom claims");
    public static readonly CheckRule RaTlsNonce = new(DcapCodes.RaTlsNonce, "claims carry the relying party's nonce", "Interoperable RA-TLS, nonce claim", CheckKind.Policy);

    /// <summary>The rule of a code that a refused format carries.</summary>
    public static CheckRule Of(string code) => code switch
    {
        DcapCodes.UnsupportedVersion => UnsupportedVersion,
        DcapCodes.UnsupportedKeyType => UnsupportedKeyType,
        DcapCodes.UnsupportedTee => UnsupportedTee,
        DcapCodes.RaTlsMalformed => RaTlsMalformed,
        _ => Malformed,
    };
}
