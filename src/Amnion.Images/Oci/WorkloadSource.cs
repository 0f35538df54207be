using Amnion.Records;

namespace Amnion.Images.Oci;

/// <summary>A file that a workload was taken from: manifest, configuration, layer.</summary>
/// <param name="Name">"manifest", "configuration", "layer 1" and so on.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha384">Hash of the bytes.</param>
public sealed record WorkloadSource(string Name, long Length, Digest Sha384);
