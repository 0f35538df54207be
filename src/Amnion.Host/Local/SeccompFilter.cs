using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Amnion.Host.Local;

/// <summary>
/// The system-call filter of the sandbox as a classic BPF program (seccomp(2), SECCOMP_SET_MODE_FILTER; struct
/// sock_filter is u16 code, u8 jt, u8 jf, u32 k). It is a list of what is allowed: the rest is refused with EPERM, and numbers newer
/// than this list with ENOSYS, which every libc understands as "try the older call".
/// </summary>
static class SeccompFilter
{
    /// <summary>linux/audit.h: AUDIT_ARCH_X86_64.</summary>
    internal const uint ArchitectureX64 = 0xC000003E;

    /// <summary>linux/audit.h: AUDIT_ARCH_AARCH64.</summary>
    internal const uint ArchitectureArm64 = 0xC00000B7;

    /// <summary>linux/seccomp.h return values.</summary>
    internal const uint Allow = 0x7FFF0000;
    internal const uint KillProcess = 0x80000000;
    internal const uint ErrnoEperm = 0x00050000 | 1;
    internal const uint ErrnoEnosys = 0x00050000 | 38;
    internal const uint ErrnoFamily = 0x00050000 | 97;

    /// <summary>struct seccomp_data: nr, arch, instruction pointer, then six 64-bit arguments.</summary>
    const uint OffsetNumber = 0;
    const uint OffsetArchitecture = 4;
    const uint OffsetArguments = 16;

    const ushort LoadWord = 0x20;
    const ushort JumpEqual = 0x15;
    const ushort JumpGreaterOrEqual = 0x35;
    const ushort JumpGreater = 0x25;
    const ushort JumpSet = 0x45;
    const ushort Return = 0x06;

    /// <summary>Calls with this bit use the x32 calling convention, which would sidestep the numbers below.</summary>
    const uint X32Bit = 0x40000000;

    /// <summary>CLONE_NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.</summary>
    internal const uint CloneNamespaces = 0x80 | 0x20000 | 0x2000000 | 0x4000000 | 0x8000000 | 0x10000000 | 0x20000000 | 0x40000000;

    const uint FamilyUnix = 1;

    /// <summary>ioctl requests that push characters into a terminal's input (TIOCSTI, TIOCLINUX).</summary>
    const uint IoctlPushInput = 0x5412;
    const uint IoctlLinuxConsole = 0x541C;

    /// <summary>The filter's bytes for x86-64 as bubblewrap and the kernel take them: 8 bytes an instruction, little-endian.</summary>
    internal static ImmutableArray<byte> Program { get; } = Assemble(ArchitectureX64, SystemCalls.Ioctl, SystemCalls.Socket, SystemCalls.SocketPair, SystemCalls.Clone, SystemCalls.Allowed);

    /// <summary>The same calls for AArch64. No machine has run it.</summary>
    internal static ImmutableArray<byte> ProgramArm64 { get; } = Assemble(ArchitectureArm64, Arm64SystemCalls.Ioctl, Arm64SystemCalls.Socket, Arm64SystemCalls.SocketPair, Arm64SystemCalls.Clone, Arm64SystemCalls.Allowed);

    /// <summary>SHA-384 of <see cref="Program"/>, measured with the launch profile.</summary>
    internal static string Digest { get; } = Convert.ToHexStringLower(SHA384.HashData(Program.AsSpan()));

    static ImmutableArray<byte> Assemble(uint architecture, uint ioctl, uint socket, uint socketPair, uint clone, ImmutableArray<uint> allowed)
    {
        var code = new List<(ushort Code, byte True, byte False, uint K)>
        {
            (LoadWord, 0, 0, OffsetArchitecture),
            (JumpEqual, 1, 0, architecture),
            (Return, 0, 0, KillProcess),
            (LoadWord, 0, 0, OffsetNumber),
            (JumpGreaterOrEqual, 0, 1, X32Bit),
            (Return, 0, 0, KillProcess),
        };

        // Restricted by argument. Each block leaves the call's number loaded where it does not decide.
        Family(code, socket);
        Family(code, socketPair);
        code.AddRange(
        [
            // clone: threads and processes yes, namespaces no. Its flags stand in the first argument.
            (JumpEqual, 0, 4, clone),
            (LoadWord, 0, 0, OffsetArguments),
            (JumpSet, 0, 1, CloneNamespaces),
            (Return, 0, 0, ErrnoEperm),
            (Return, 0, 0, Allow),

            // clone3 keeps its flags in memory, where no filter can look: pretend it does not exist, libc falls back to clone.
            (JumpEqual, 0, 1, SystemCalls.Clone3),
            (Return, 0, 0, ErrnoEnosys),

            (JumpEqual, 0, 5, ioctl),
            (LoadWord, 0, 0, OffsetArguments + 8),
            (JumpEqual, 1, 0, IoctlPushInput),
            (JumpEqual, 0, 1, IoctlLinuxConsole),
            (Return, 0, 0, ErrnoEperm),
            (Return, 0, 0, Allow),
        ]);

        foreach (var (first, last) in Ranges(allowed))
        {
            if (first == last)
            {
                code.Add((JumpEqual, 0, 1, first));
            }
            else
            {
                code.Add((JumpGreaterOrEqual, 0, 2, first));
                code.Add((JumpGreater, 1, 0, last));
            }

            code.Add((Return, 0, 0, Allow));
        }

        code.AddRange([(JumpGreater, 0, 1, SystemCalls.NewestKnown), (Return, 0, 0, ErrnoEnosys), (Return, 0, 0, ErrnoEperm)]);
        return Encode(code);
    }

    static void Family(List<(ushort Code, byte True, byte False, uint K)> code, uint call) => code.AddRange(
    [
        (JumpEqual, 0, 4, call),
        (LoadWord, 0, 0, OffsetArguments),
        (JumpEqual, 1, 0, FamilyUnix),
        (Return, 0, 0, ErrnoFamily),
        (Return, 0, 0, Allow),
    ]);

    static IEnumerable<(uint First, uint Last)> Ranges(IEnumerable<uint> numbers)
    {
        (uint First, uint Last)? open = null;
        foreach (var number in numbers.Order())
        {
            if (open is { } range && range.Last + 1 == number)
            {
                open = (range.First, number);
                continue;
            }

            if (open is { } closed)
            {
                yield return closed;
            }

            open = (number, number);
        }

        if (open is { } last)
        {
            yield return last;
        }
    }

    static ImmutableArray<byte> Encode(List<(ushort Code, byte True, byte False, uint K)> code)
    {
        var bytes = new byte[8 * code.Count];
        for (var i = 0; i < code.Count; i++)
        {
            var (operation, jumpTrue, jumpFalse, k) = code[i];
            var slot = bytes.AsSpan(8 * i, 8);
            BinaryPrimitives.WriteUInt16LittleEndian(slot, operation);
            slot[2] = jumpTrue;
            slot[3] = jumpFalse;
            BinaryPrimitives.WriteUInt32LittleEndian(slot[4..], k);
        }

        return [.. bytes];
    }
}
