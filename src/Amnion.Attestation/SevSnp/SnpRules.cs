namespace Amnion.Attestation.SevSnp;

/// <summary>Every check of SEV-SNP Evidence: its code, its words and where the rule stands.</summary>
static class SnpRules
{
    /// <summary>SEV Secure Nested Paging Firmware ABI Specification.</summary>
    const string Abi = "AMD 56860, ";

    /// <summary>VCEK Certificate and KDS Interface Specification.</summary>
    const string Kds = "AMD 57230, ";

    public static readonly CheckRule Report = new(SnpCodes.Malformed, "report is well formed", Abi + "ATTESTATION_REPORT");
    public static readonly CheckRule Version = new(SnpCodes.UnknownVersion, "report has a known version", Abi + "ATTESTATION_REPORT, VERSION");
    public static readonly CheckRule Table = new(SnpCodes.CertificateTable, "certificate table is well formed", "AMD 56421 (GHCB), SNP Extended Guest Request");
    public static readonly CheckRule Certificates = new(SnpCodes.CertificateMalformed, "certificates are well formed", "RFC 5280 §4.1");
    public static readonly CheckRule EndorsementKey = new(SnpCodes.NoEndorsementKey, "an endorsement key's certificate was given", Kds + "VCEK and VLEK certificates");
    public static readonly CheckRule KeyExtensions = new(SnpCodes.KeyExtensions, "endorsement key's certificate has AMD's extensions", Kds + "certificate extensions");
    public static readonly CheckRule Path = new(PathCodes.NoPath, "endorsement key's chain is complete", "RFC 5280 §6.1");
    public static readonly CheckRule Signature = new(SnpCodes.Signature, "report is signed by the endorsement key", Abi + "ATTESTATION_REPORT, SIGNATURE");
    public static readonly CheckRule SignatureAlgorithm = new(SnpCodes.SignatureAlgorithm, "report's signature algorithm is ECDSA P-384 with SHA-384", Abi + "SIGNATURE_ALGO");
    public static readonly CheckRule SigningKey = new(SnpCodes.SigningKey, "report and certificate are of one kind of key", Abi + "SIGNING_KEY");
    public static readonly CheckRule KeyName = new(SnpCodes.KeyName, "endorsement key's certificate is named as AMD names its kind", Kds + "VCEK and VLEK certificates");
    public static readonly CheckRule ChainShape = new(SnpCodes.ChainShape, "chain is ARK, ASK or ASVK, endorsement key", Kds + "certificate chain");
    public static readonly CheckRule Product = new(SnpCodes.Product, "processor, certificate, chain and root are of one product line", Abi + "CPUID_FAM_ID; " + Kds + "productName");
    public static readonly CheckRule UndeclaredProduct = new(SnpCodes.UndeclaredProduct, "report that names no processor has a certificate that does", Kds + "productName");
    public static readonly CheckRule HardwareId = new(SnpCodes.HardwareId, "endorsement key belongs to the report's chip", Abi + "CHIP_ID; " + Kds + "hwID");
    public static readonly CheckRule CertificateTcb = new(SnpCodes.CertificateTcb, "endorsement key stands for the reported TCB", Abi + "REPORTED_TCB; " + Kds + "blSPL to fmcSPL");
    public static readonly CheckRule Reserved = new(SnpCodes.Reserved, "reserved fields are zero", Abi + "ATTESTATION_REPORT");
    public static readonly CheckRule PolicyReserved = new(SnpCodes.PolicyReserved, "reserved bits of the guest's policy are as defined", Abi + "POLICY");
    public static readonly CheckRule PlatformReserved = new(SnpCodes.PlatformReserved, "reserved bits of the platform's information are zero", Abi + "PLATFORM_INFO");
    public static readonly CheckRule SignerReserved = new(SnpCodes.SignerReserved, "reserved bits beside the signing key are zero", Abi + "ATTESTATION_REPORT, offset 48h");
    public static readonly CheckRule VmplRange = new(SnpCodes.VmplRange, "report was asked for by the guest", Abi + "ATTESTATION_REPORT, VMPL");
    public static readonly CheckRule CommittedAboveCurrent = new(SnpCodes.CommittedAboveCurrent, "committed firmware is not above the current", Abi + "COMMITTED_TCB");
    public static readonly CheckRule ReportedAboveCurrent = new(SnpCodes.ReportedAboveCurrent, "reported TCB is not above the current", Abi + "REPORTED_TCB");
    public static readonly CheckRule LaunchAboveCurrent = new(SnpCodes.LaunchAboveCurrent, "TCB at launch is not above the current", Abi + "LAUNCH_TCB");
    public static readonly CheckRule AbiAboveFirmware = new(SnpCodes.AbiAboveFirmware, "firmware has the ABI that the guest demands", Abi + "POLICY, ABI_MAJOR and ABI_MINOR");

    public static readonly CheckRule Vmpl = Policy(SnpCodes.Vmpl, "privilege level 0 asked for the report", "ATTESTATION_REPORT, VMPL");
    public static readonly CheckRule MigrationAgent = Policy(SnpCodes.MigrationAgent, "no migration agent may read the guest", "POLICY, MIGRATE_MA");
    public static readonly CheckRule Smt = Policy(SnpCodes.Smt, "simultaneous multithreading is off", "POLICY, SMT; PLATFORM_INFO, SMT_EN");
    public static readonly CheckRule Cxl = Policy(SnpCodes.Cxl, "no CXL devices or memory", "POLICY, CXL_ALLOW");
    public static readonly CheckRule Provisional = Policy(SnpCodes.Provisional, "the platform is committed to the firmware that runs", "COMMITTED_TCB, SNP_COMMIT");
    public static readonly CheckRule AliasCheck = Policy(SnpCodes.AliasCheck, "memory was checked for aliased addresses", "PLATFORM_INFO, ALIAS_CHECK_COMPLETE");
    public static readonly CheckRule Tio = Policy(SnpCodes.Tio, "guests may trust no devices", "PLATFORM_INFO, TIO_EN");
    public static readonly CheckRule AuthorKey = Policy(SnpCodes.AuthorKey, "an author key authorised the launch", "AUTHOR_KEY_EN");
    public static readonly CheckRule Mitigations = Policy(SnpCodes.Mitigations, "mitigations of the launch are still in effect", "LAUNCH_MIT_VECTOR, CURRENT_MIT_VECTOR");
    public static readonly CheckRule SingleSocket = Policy(SnpCodes.SingleSocket, "guest runs on one socket", "POLICY, SINGLE_SOCKET");
    public static readonly CheckRule Aes256Xts = Policy(SnpCodes.Aes256Xts, "guest demands AES-256-XTS", "POLICY, MEM_AES_256_XTS");
    public static readonly CheckRule Rapl = Policy(SnpCodes.Rapl, "guest demands that power measurement is off", "POLICY, RAPL_DIS");
    public static readonly CheckRule CiphertextHiding = Policy(SnpCodes.CiphertextHiding, "guest demands ciphertext hiding", "POLICY, CIPHERTEXT_HIDING_DRAM");
    public static readonly CheckRule PageSwap = Policy(SnpCodes.PageSwap, "guest forbids the swapping of its pages", "POLICY, PAGE_SWAP_DISABLE");

    static CheckRule Policy(string code, string name, string section) => new(code, name, Abi + section, CheckKind.Policy);
}
