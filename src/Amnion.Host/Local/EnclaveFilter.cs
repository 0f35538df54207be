using System.Collections.Immutable;

namespace Amnion.Host.Local;

/// <summary>The system-call filter of the enclave program, for images: the same one on every platform.</summary>
public static class EnclaveFilter
{
    /// <summary>For x86-64: an array of struct sock_filter, 8 bytes each, little-endian (seccomp(2)).</summary>
    public static ImmutableArray<byte> X64 => SeccompFilter.Program;

    /// <summary>As <see cref="X64"/>, for AArch64; no machine has run it.</summary>
    public static ImmutableArray<byte> Arm64 => SeccompFilter.ProgramArm64;
}
