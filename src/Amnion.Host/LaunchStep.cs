namespace Amnion.Host;

/// <summary>The steps from nothing to a serving enclave, in order.</summary>
public enum LaunchStep
{
    /// <summary>Copy and measure the program.</summary>
    Measure,

    /// <summary>Start it in its sandbox.</summary>
    Start,

    /// <summary>Extend and lock the registers.</summary>
    Boot,

    /// <summary>Attest to the key broker and carry the wrapped keys back.</summary>
    Release,

    /// <summary>Carry the sealed weights.</summary>
    Weights,

    /// <summary>Carry the configuration release.</summary>
    Configure,

    /// <summary>Serving.</summary>
    Ready,
}
