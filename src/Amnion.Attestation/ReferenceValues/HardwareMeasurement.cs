namespace Amnion.Attestation.ReferenceValues;

/// <summary>What a machine type's firmware and layout measure as in TDX; the image adds the other registers.</summary>
/// <param name="Id">Name of the machine type, by convention with the digest of the list it stands in.</param>
/// <param name="Mrtd">MRTD, hexadecimal in either case.</param>
/// <param name="Rtmr0">RTMR0, hexadecimal in either case.</param>
public sealed record HardwareMeasurement(string Id, string Mrtd, string Rtmr0);
