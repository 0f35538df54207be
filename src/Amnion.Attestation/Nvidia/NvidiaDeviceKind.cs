namespace Amnion.Attestation.Nvidia;

/// <summary>What a report is about.</summary>
public enum NvidiaDeviceKind
{
    /// <summary>A GPU: its report names a driver version.</summary>
    Gpu,

    /// <summary>An NVSwitch: its report names none.</summary>
    Switch,
}
