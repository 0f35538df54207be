using System.Collections.Immutable;

namespace Amnion.Images.Oci;

/// <summary>Where a container image comes from: a layout on disk, or an archive.</summary>
interface IContainerImage : IDisposable
{
    /// <summary>The image for a processor: its configuration and its layers from the bottom up.</summary>
    /// <exception cref="OciFormatException">There is none, there are several, or something does not fit its digest.</exception>
    (ContainerConfiguration Configuration, ImmutableArray<ContainerLayer> Layers, ImmutableArray<WorkloadSource> Sources) Select(ImageArchitecture architecture);
}
