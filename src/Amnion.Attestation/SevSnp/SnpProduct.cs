namespace Amnion.Attestation.SevSnp;

/// <summary>AMD EPYC product lines with SEV-SNP, oldest first. Each has a root, a TCB layout and a URL of its own.</summary>
public enum SnpProduct
{
    /// <summary>7003 series: CPUID family 19h, models 00h to 0Fh.</summary>
    Milan,

    /// <summary>9004, 97x4 and 8004 series (Genoa, Bergamo, Siena): family 19h, models 10h to 1Fh and A0h to AFh.</summary>
    Genoa,

    /// <summary>9005 series: family 1Ah, models 00h to 1Fh.</summary>
    Turin,
}
