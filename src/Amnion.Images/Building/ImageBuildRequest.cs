using System.Collections.Immutable;
using Amnion.Images.Content;
using Amnion.Images.Oci;
using Amnion.Images.Signing;
using Amnion.Images.Specification;

namespace Amnion.Images.Building;

/// <summary>Everything that goes into an image. Nothing else does: neither the machine's name, nor its clock, nor paths on it.</summary>
public sealed record ImageBuildRequest
{
    /// <summary>What the declarative file says.</summary>
    public required ImageSpecification Specification { get; init; }

    /// <summary>The declarative file.</summary>
    public required ImageContent SpecificationFile { get; init; }

    /// <summary>The kernel: bzImage for x86-64, Image for AArch64.</summary>
    public required ImageContent Kernel { get; init; }

    /// <summary>The kernel's configuration, where it is known.</summary>
    public ImageContent? KernelConfiguration { get; init; }

    /// <summary>The kernel's version for the metadata, for example "6.12.95".</summary>
    public required string KernelVersion { get; init; }

    /// <summary>The command line; null takes the specification's, or the processor's default.</summary>
    public string? CommandLine { get; init; }

    /// <summary>The security module's driver for a kernel that has it as a module ("nsm.ko"); null where it is built in.</summary>
    public ImageContent? Module { get; init; }

    /// <summary>PID 1, a static program.</summary>
    public required ImageContent Init { get; init; }

    /// <summary>Folder of the enclave program with the engine's libraries in "lib".</summary>
    public required string Runtime { get; init; }

    /// <summary>Roots of the file systems to take shared libraries from.</summary>
    public ImmutableArray<string> LibraryRoots { get; init; } = ["/"];

    /// <summary>The system-call filter: an array of struct sock_filter.</summary>
    public required ImmutableArray<byte> Filter { get; init; }

    /// <summary>The guard policy that the specification names.</summary>
    public ImageContent? GuardPolicy { get; init; }

    /// <summary>A foreign root file system; null for none.</summary>
    public Workload? Workload { get; init; }

    /// <summary>Signs the image; null leaves it unsigned and thereby reproducible to the last byte.</summary>
    public EifSigner? Signer { get; init; }

    /// <summary>Lines of source by part, for <see cref="ImageInputs.Lines"/>.</summary>
    public ImmutableSortedDictionary<string, long> Lines { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    /// <summary>The time that metadata and bill of materials state: SOURCE_DATE_EPOCH, otherwise 1970.</summary>
    public DateTimeOffset Created { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>Version of the tool that builds.</summary>
    public required string ToolVersion { get; init; }
}
