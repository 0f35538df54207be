namespace Amnion.Attestation.Nvidia;

/// <summary>What a manifest has values for, by the form of its version.</summary>
public enum NvidiaRimKind
{
    /// <summary>A GPU driver: versions like "550.90.07".</summary>
    Driver,

    /// <summary>Firmware of a GPU or switch: versions like "96.00.9F.00.01".</summary>
    Vbios,
}
