namespace Amnion.Attestation.SevSnp;

/// <summary>Stable codes of AMD SEV-SNP Evidence. Codes are never reused or renumbered. Chains have the codes of <see cref="PathCodes"/>.</summary>
public static class SnpCodes
{
    /// <summary>The Evidence is not 1184 bytes of report, alone or with a certificate table behind.</summary>
    public const string Malformed = "AMN-SNP-0001";

    /// <summary>The report has a version whose layout is not known, or one too old to be verified.</summary>
    public const string UnknownVersion = "AMN-SNP-0002";

    /// <summary>The certificate table behind the report is malformed.</summary>
    public const string CertificateTable = "AMN-SNP-0003";

    /// <summary>A certificate given as endorsement is not strict DER of RFC 5280.</summary>
    public const string CertificateMalformed = "AMN-SNP-0004";

    /// <summary>No VCEK or VLEK certificate was given.</summary>
    public const string NoEndorsementKey = "AMN-SNP-0005";

    /// <summary>AMD's extensions in the endorsement key's certificate are missing, malformed or unknown.</summary>
    public const string KeyExtensions = "AMN-SNP-0006";

    /// <summary>The report is not signed by the endorsement key.</summary>
    public const string Signature = "AMN-SNP-0010";

    /// <summary>The report names another signature algorithm than ECDSA on P-384 with SHA-384.</summary>
    public const string SignatureAlgorithm = "AMN-SNP-0011";

    /// <summary>The report names another kind of signing key than the certificate is for, or none.</summary>
    public const string SigningKey = "AMN-SNP-0012";

    /// <summary>The endorsement key's certificate has another subject than AMD gives its kind.</summary>
    public const string KeyName = "AMN-SNP-0013";

    /// <summary>The chain is not ARK, ASK (or ASVK) and endorsement key.</summary>
    public const string ChainShape = "AMN-SNP-0014";

    /// <summary>Processor, certificate, chain and root are not of one product line.</summary>
    public const string Product = "AMN-SNP-0015";

    /// <summary>A report of version 2, which does not name its processor, comes with a certificate that does not name one of its time.</summary>
    public const string UndeclaredProduct = "AMN-SNP-0016";

    /// <summary>The endorsement key belongs to another chip than the report names, or the report names none.</summary>
    public const string HardwareId = "AMN-SNP-0017";

    /// <summary>The endorsement key stands for another TCB than the report states.</summary>
    public const string CertificateTcb = "AMN-SNP-0018";

    /// <summary>A reserved field is not zero.</summary>
    public const string Reserved = "AMN-SNP-0019";

    /// <summary>A reserved bit of the guest's policy has the wrong value.</summary>
    public const string PolicyReserved = "AMN-SNP-0020";

    /// <summary>A reserved bit of the platform's information is set.</summary>
    public const string PlatformReserved = "AMN-SNP-0021";

    /// <summary>A reserved bit beside the signing key is set, or the kind of key is reserved.</summary>
    public const string SignerReserved = "AMN-SNP-0022";

    /// <summary>The report was asked for by the host, or by a privilege level that does not exist.</summary>
    public const string VmplRange = "AMN-SNP-0023";

    /// <summary>The platform committed to more than what it runs.</summary>
    public const string CommittedAboveCurrent = "AMN-SNP-0024";

    /// <summary>The report states more than what the platform runs.</summary>
    public const string ReportedAboveCurrent = "AMN-SNP-0025";

    /// <summary>The guest was launched under more than what the platform runs now.</summary>
    public const string LaunchAboveCurrent = "AMN-SNP-0026";

    /// <summary>The guest demands a newer firmware ABI than the platform's firmware has.</summary>
    public const string AbiAboveFirmware = "AMN-SNP-0027";

    /// <summary>Another privilege level than 0 asked, and the policy names none.</summary>
    public const string Vmpl = "AMN-SNP-0040";

    /// <summary>A migration agent may read the guest.</summary>
    public const string MigrationAgent = "AMN-SNP-0041";

    /// <summary>Simultaneous multithreading is on or allowed.</summary>
    public const string Smt = "AMN-SNP-0042";

    /// <summary>CXL devices and memory are allowed.</summary>
    public const string Cxl = "AMN-SNP-0043";

    /// <summary>The platform runs firmware that it can still go back from.</summary>
    public const string Provisional = "AMN-SNP-0044";

    /// <summary>Memory was not checked for aliased addresses.</summary>
    public const string AliasCheck = "AMN-SNP-0045";

    /// <summary>The platform lets guests trust devices.</summary>
    public const string Tio = "AMN-SNP-0046";

    /// <summary>The policy names author keys, and the report's author key authorised nothing.</summary>
    public const string AuthorKey = "AMN-SNP-0047";

    /// <summary>A mitigation that was in effect at launch is not any more.</summary>
    public const string Mitigations = "AMN-SNP-0048";

    /// <summary>The guest may run on several sockets, and the policy demands one.</summary>
    public const string SingleSocket = "AMN-SNP-0050";

    /// <summary>The guest does not demand AES-256-XTS, and the policy does.</summary>
    public const string Aes256Xts = "AMN-SNP-0051";

    /// <summary>The guest does not demand that power measurement is off, and the policy does.</summary>
    public const string Rapl = "AMN-SNP-0052";

    /// <summary>The guest does not demand ciphertext hiding, and the policy does.</summary>
    public const string CiphertextHiding = "AMN-SNP-0053";

    /// <summary>The guest does not forbid the swapping of its pages, and the policy does.</summary>
    public const string PageSwap = "AMN-SNP-0054";
}
