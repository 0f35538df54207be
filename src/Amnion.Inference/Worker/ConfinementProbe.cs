using System.Runtime.InteropServices;
using Amnion.Inference.Confinement;
using Amnion.Inference.Linux;
using Amnion.Inference.Protocol;

namespace Amnion.Inference.Worker;

/// <summary>
/// Tries what a broken worker would try and reports each attempt's errno, 0 where it succeeded. Answers only where the
/// parent allowed it at the start; for tests of the confinement.
/// </summary>
sealed unsafe class ConfinementProbe
{
    const int AfUnix = 1;
    const int AfInet = 2;
    const int SocketStream = 1;
    const int SigChild = 17;
    const int CloneNewUser = 0x10000000;
    const int DuplicateDescriptor = 0;
    const int PageSize = 4096;

    readonly int weights;
    readonly nint mapping;

    /// <summary>Keeps a descriptor and a mapping of the weights to try; before the filter, which allows neither.</summary>
    public ConfinementProbe(int weights)
    {
        this.weights = Libc.Control(weights, DuplicateDescriptor, 0);
        mapping = Libc.Map(0, PageSize, Libc.PROT_READ, Libc.MAP_SHARED, weights, 0);
    }

    public void Write(FrameWriter writer)
    {
        var scratch = stackalloc byte[256];
        fixed (byte* path = "/proc/self/status\0"u8)
        fixed (byte* shell = "/bin/sh\0"u8)
        {
            (ProbeAttempt, nint)[] attempts =
            [
                (ProbeAttempt.SocketInet, Call(SystemCall.Socket, AfInet, SocketStream, 0)),
                (ProbeAttempt.SocketUnix, Call(SystemCall.Socket, AfUnix, SocketStream, 0)),
                (ProbeAttempt.OpenForReading, Call(SystemCall.OpenAt, -100, (nint)path, Libc.O_RDONLY)),
                (ProbeAttempt.OpenForWriting, Call(SystemCall.OpenAt, -100, (nint)path, Libc.O_RDWR)),
                (ProbeAttempt.Execute, Call(SystemCall.Execve, (nint)shell, 0, 0)),
                (ProbeAttempt.Fork, Call(SystemCall.Clone, SigChild, 0, 0)),
                (ProbeAttempt.NewUserNamespace, Call(SystemCall.Unshare, CloneNewUser, 0, 0)),
                (ProbeAttempt.TraceParent, Call(SystemCall.Ptrace, 16, 1, 0)),
                (ProbeAttempt.ReadParentMemory, Call(SystemCall.ProcessVmReadv, 1, (nint)scratch, 1, (nint)scratch, 1)),
                (ProbeAttempt.SignalInit, Call(SystemCall.Tgkill, 1, 1, 0)),
                (ProbeAttempt.MemoryFile, Call(SystemCall.MemfdCreate, (nint)path, 0, 0)),
                (ProbeAttempt.Bpf, Call(SystemCall.Bpf, 0, (nint)scratch, 16)),
                (ProbeAttempt.IoUring, Call(SystemCall.IoUringSetup, 1, (nint)scratch, 0)),
                (ProbeAttempt.UserFaults, Call(SystemCall.UserFaultFd, 0, 0, 0)),
                (ProbeAttempt.WriteWeights, ErrnoOf(Libc.Write(weights, scratch, 1))),
                (ProbeAttempt.MapWeightsWritable, ErrnoOf(MapWritable())),
                (ProbeAttempt.ProtectWeightsWritable, ErrnoOf(Libc.Protect(mapping, PageSize, Libc.PROT_READ | Libc.PROT_WRITE))),
            ];
            writer.Begin(FrameType.ProbeResult);
            writer.Int32(attempts.Length);
            foreach (var (attempt, result) in attempts)
            {
                writer.Byte((byte)attempt);
                writer.Int32((int)result);
            }

            writer.End();
        }
    }

    static nint Call(SystemCall call, nint a, nint b, nint c, nint d = 0, nint e = 0) =>
        ErrnoOf(Libc.Syscall((nint)(uint)call, a, b, c, d, e));

    /// <summary>0 where a call succeeded, else its errno.</summary>
    static nint ErrnoOf(nint result) => result >= 0 ? 0 : Marshal.GetLastPInvokeError();

    nint MapWritable() => Libc.Map(0, PageSize, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED, weights, 0);
}
