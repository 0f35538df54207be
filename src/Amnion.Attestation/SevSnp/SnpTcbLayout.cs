namespace Amnion.Attestation.SevSnp;

/// <summary>Where the parts of a TCB_VERSION stand. AMD 56860, TCB_VERSION.</summary>
public enum SnpTcbLayout
{
    /// <summary>Milan and Genoa, bytes 0 to 7: boot loader, TEE, four reserved, SNP, microcode.</summary>
    Milan,

    /// <summary>Turin, bytes 0 to 7: FMC, boot loader, TEE, SNP, three reserved, microcode.</summary>
    Turin,
}
