namespace Amnion.Host.Nitro;

/// <summary>The steps of a start, in order.</summary>
enum NitroStep
{
    /// <summary>Open the device.</summary>
    Open,

    /// <summary>Get a slot and the enclave's descriptor.</summary>
    CreateVm,

    /// <summary>Ask where the image goes.</summary>
    ImageInfo,

    /// <summary>Get huge pages.</summary>
    Allocate,

    /// <summary>Write the image into them.</summary>
    Copy,

    /// <summary>Give them to the enclave.</summary>
    SetMemory,

    /// <summary>Give it processors.</summary>
    AddCpu,

    /// <summary>Listen for its heartbeat.</summary>
    Listen,

    /// <summary>Start it.</summary>
    Start,
}
