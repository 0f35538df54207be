namespace Amnion.Attestation.Composite;

/// <summary>Every check of Azure's wrappings: its code, its words and where the rule stands.</summary>
static class AzureRules
{
    const string Design = "Azure confidential VM guest attestation design";
    const string Uvm = "Confidential containers on ACI, UVM reference info";

    public static readonly CheckRule Evidence = new(AzureCodes.Malformed, "Evidence is well formed", Design);
    public static readonly CheckRule HclReport = new(AzureCodes.HclReport, "HCL report answers this request", Design + ", HCL report header");
    public static readonly CheckRule RuntimeData = new(AzureCodes.RuntimeData, "hardware report binds the runtime data", Design + ", runtime data");
    public static readonly CheckRule AttestationKey = new(AzureCodes.AttestationKey, "runtime data has one attestation key of the virtual TPM", Design + ", HCLAkPub");
    public static readonly CheckRule UserData = new(AzureCodes.UserData, "user data has 64 bytes", Design + ", user-data");
    public static readonly CheckRule QuoteDiffers = new(AzureCodes.QuoteDiffers, "quote is of the trust domain in the HCL report", "Intel TDX Module ABI, TDREPORT_STRUCT");
    public static readonly CheckRule CertificateKey = new(AzureCodes.CertificateKey, "certificate is of the attestation key in the runtime data", Design + ", AIK certificate");
    public static readonly CheckRule StatedValues = new(AzureCodes.StatedValues, "values stated beside the signed parts are theirs", "Azure clean room attestation report");
    public static readonly CheckRule PublicKey = new(AzureCodes.PublicKey, "key presented is the bound one", "Azure clean room attestation report");
    public static readonly CheckRule UvmMalformed = new(AzureCodes.UvmMalformed, "endorsement is well formed", Uvm + ", RFC 9052 §4.2");
    public static readonly CheckRule UvmSignature = new(AzureCodes.UvmSignature, "endorsement is signed by its leaf key", "RFC 9052 §4.4");
    public static readonly CheckRule UvmIssuer = new(AzureCodes.UvmIssuer, "endorsement's issuer describes its chain", "did:x509 method, RFC 9360");
    public static readonly CheckRule UvmThumbprint = new(AzureCodes.UvmThumbprint, "endorsement names its leaf certificate", "RFC 9360 §2 (x5t)");
    public static readonly CheckRule UvmFeed = new(AzureCodes.UvmFeed, "endorsement is of the wanted feed", Uvm);
    public static readonly CheckRule UvmMeasurement = new(AzureCodes.UvmMeasurement, "endorsement is for the report's measurement", Uvm);
    public static readonly CheckRule SecurityPolicy = new(AzureCodes.SecurityPolicy, "report binds the security policy", "Confidential containers on ACI, HOST_DATA");
}
