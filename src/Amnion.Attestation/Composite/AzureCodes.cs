namespace Amnion.Attestation.Composite;

/// <summary>Stable codes of Azure's wrappings of Evidence. Codes are never reused or renumbered.</summary>
public static class AzureCodes
{
    /// <summary>The Evidence, the HCL report or a part of it is not well formed.</summary>
    public const string Malformed = "AMN-AZURE-0001";

    /// <summary>The HCL report is of a version, request or status that is not accepted, or of another platform than the Evidence.</summary>
    public const string HclReport = "AMN-AZURE-0002";

    /// <summary>The hardware report does not bind the runtime data.</summary>
    public const string RuntimeData = "AMN-AZURE-0003";

    /// <summary>The runtime data has no usable attestation key of the virtual TPM, or several.</summary>
    public const string AttestationKey = "AMN-AZURE-0004";

    /// <summary>The runtime data's user data is not 64 bytes.</summary>
    public const string UserData = "AMN-AZURE-0005";

    /// <summary>The report in the HCL report and the quote are of different trust domains.</summary>
    public const string QuoteDiffers = "AMN-AZURE-0006";

    /// <summary>The attestation key's certificate is of another key.</summary>
    public const string CertificateKey = "AMN-AZURE-0007";

    /// <summary>What the Evidence repeats beside the signed parts is not what they say.</summary>
    public const string StatedValues = "AMN-AZURE-0008";

    /// <summary>The key presented with the Evidence is not the one it binds.</summary>
    public const string PublicKey = "AMN-AZURE-0009";

    /// <summary>The endorsement of a utility VM is not a well-formed COSE_Sign1 message with Microsoft's headers.</summary>
    public const string UvmMalformed = "AMN-AZURE-0020";

    /// <summary>The endorsement's signature does not verify under its leaf certificate's key.</summary>
    public const string UvmSignature = "AMN-AZURE-0021";

    /// <summary>The endorsement's issuer does not describe the chain that signed it.</summary>
    public const string UvmIssuer = "AMN-AZURE-0022";

    /// <summary>The endorsement's thumbprint is of another certificate.</summary>
    public const string UvmThumbprint = "AMN-AZURE-0023";

    /// <summary>The endorsement is of another feed.</summary>
    public const string UvmFeed = "AMN-AZURE-0024";

    /// <summary>The endorsement is for another launch measurement than the report's.</summary>
    public const string UvmMeasurement = "AMN-AZURE-0025";

    /// <summary>The security policy presented is not the one that the report binds.</summary>
    public const string SecurityPolicy = "AMN-AZURE-0026";
}
