namespace Amnion.Inference;

/// <summary>Whether a layer of the worker's confinement holds.</summary>
public enum ConfinementState
{
    /// <summary>In force (for a running worker), or offered by this kernel (for <see cref="ConfinementReport.Detect"/>).</summary>
    Applied,

    /// <summary>Not in force; the layer's reason says why.</summary>
    Missing,
}
