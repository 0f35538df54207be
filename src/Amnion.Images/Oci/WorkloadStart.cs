using System.Collections.Immutable;

namespace Amnion.Images.Oci;

/// <summary>How the program of a container image is started.</summary>
sealed record WorkloadStart(ImmutableArray<string> Arguments, ImmutableArray<string> Environment, string Directory)
{
    public static WorkloadStart None { get; } = new([], [], "/");
}
