using System.Collections.Immutable;

namespace Amnion.Host.Local;

/// <summary>The system-call filter of the enclave program, for images: the same one on every platform.</summary>
public static class EnclaveFilter
{
    /// <summary>An array of struct sock_filter, 8 bytes each, little-endian (seccomp(2)).</summary>
    /// <param name="arm64">For AArch64 instead of x86-64; no machine has run it.</param>
    /// <param name="workload">With sockets of AF_INET, for an image whose engine is a foreign server on loopback.</param>
    public static ImmutableArray<byte> For(bool arm64, bool workload) => (arm64, workload) switch
    {
        (false, false) => SeccompFilter.Program,
        (false, true) => SeccompFilter.ProgramForWorkload,
        (true, false) => SeccompFilter.ProgramArm64,
        (true, true) => SeccompFilter.ProgramForWorkloadArm64,
    };
}
