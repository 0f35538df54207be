using System.Collections.Immutable;

namespace Amnion.Host.Local;

/// <summary>Which layers of the sandbox are in force. The list is measured into register 1, so a policy sees a missing layer.</summary>
public sealed record SandboxReport(ImmutableArray<SandboxLayer> Layers)
{
    /// <summary>True where no layer is missing.</summary>
    public bool IsComplete => Layers.All(layer => layer.Applied);

    /// <summary>The missing layers with their reasons, for people.</summary>
    public override string ToString() => IsComplete
        ? "complete"
        : string.Join("; ", Layers.Where(layer => !layer.Applied).Select(layer => $"{layer.Name} missing: {layer.Reason}"));

    internal bool Has(string layer) => Layers.Any(entry => entry.Name == layer && entry.Applied);
}
