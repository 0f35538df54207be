using Amnion.Attestation.Dcap;
using Amnion.Attestation.SevSnp;

namespace Amnion.Attestation.Composite;

/// <summary>What verifying the hardware under a virtual TPM gave, for the policy to look at.</summary>
/// <param name="Fields">All fields so far.</param>
/// <param name="Report">The SEV-SNP report; null for TDX.</param>
/// <param name="Quote">The TDX quote; null for SEV-SNP.</param>
/// <param name="Findings">What Intel's collateral says; null for SEV-SNP.</param>
/// <param name="Root">The root's key; null where no chain was found.</param>
sealed record AzureHardware(List<EvidenceField> Fields, SnpReport? Report, DcapQuote? Quote, Dcap.Collateral.TcbFindings? Findings, Measurement? Root);
