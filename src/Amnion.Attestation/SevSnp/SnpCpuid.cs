namespace Amnion.Attestation.SevSnp;

/// <summary>The processor as the firmware identifies it: AMD 56860, CPUID_FAM_ID, CPUID_MOD_ID, CPUID_STEP.</summary>
/// <param name="Family">Combined extended and base family.</param>
/// <param name="Model">Combined extended and base model.</param>
/// <param name="Stepping">Stepping.</param>
public readonly record struct SnpCpuid(byte Family, byte Model, byte Stepping);
