using System.Runtime.InteropServices;
using Amnion.Inference.Confinement;
using Amnion.Inference.Linux;

namespace Amnion.Inference.Pool;

/// <summary>
/// Everything a spawn needs, in unmanaged memory beforehand: <see cref="Execute"/> runs on a thread that loses its rights
/// on the way and only makes system calls.
/// </summary>
sealed unsafe class SpawnPlan : IDisposable
{
    // The C library's opaque structs: 80, 336 and 128 bytes with glibc on x86-64.
    const int OpaqueSize = 1024;
    const int SysCapset = 126;
    const uint CapabilityVersion3 = 0x20080522;

    readonly List<nint> allocations = [];
    readonly int ruleset;
    readonly byte* program;
    readonly byte** arguments;
    readonly byte** environment;
    readonly void* actions;
    readonly void* attributes;

    public SpawnPlan(WorkerOptions options, Descriptor socket, Descriptor weights, Descriptor? ruleset)
    {
        this.ruleset = ruleset?.Value ?? -1;
        program = Text(options.Program);
        arguments = Texts([Path.GetFileName(options.Program), .. options.Arguments]);
        environment = Texts(WorkerEnvironment.Build());
        actions = Zeroed(OpaqueSize);
        attributes = Zeroed(OpaqueSize);
        var signals = Zeroed(OpaqueSize);

        nullDevice = new Descriptor(OpenNull());
        _ = Libc.SpawnActionsInit(actions);
        for (var standard = 0; standard <= 2; standard++)
        {
            _ = Libc.SpawnActionsDuplicate(actions, nullDevice.Value, standard);
        }

        // The sources may be numbered like the targets, so they go above them first.
        const int aside = 200;
        _ = Libc.SpawnActionsDuplicate(actions, socket.Value, aside);
        _ = Libc.SpawnActionsDuplicate(actions, weights.Value, aside + 1);
        _ = Libc.SpawnActionsDuplicate(actions, aside, WorkerProgram.SocketDescriptor);
        _ = Libc.SpawnActionsDuplicate(actions, aside + 1, WorkerProgram.WeightsDescriptor);
        _ = Libc.SpawnActionsCloseFrom(actions, WorkerProgram.WeightsDescriptor + 1);

        // .NET ignores SIGPIPE and may block signals on a thread; a worker starts with neither.
        _ = Libc.SpawnAttributesInit(attributes);
        _ = Libc.SpawnAttributesFlags(attributes, Libc.POSIX_SPAWN_SETSIGDEF | Libc.POSIX_SPAWN_SETSIGMASK);
        _ = Libc.SignalsFill(signals);
        _ = Libc.SpawnAttributesDefaultSignals(attributes, signals);
        _ = Libc.SignalsEmpty(signals);
        _ = Libc.SpawnAttributesSignalMask(attributes, signals);
    }

    readonly Descriptor nullDevice;

    public int ProcessId { get; private set; }

    public int SpawnErrno { get; private set; } = -1;

    public int NoNewPrivilegesErrno { get; private set; }

    public int CapabilitiesErrno { get; private set; }

    public int LandlockErrno { get; private set; }

    /// <summary>Gives up rights and spawns. The calling thread is restricted from then on and must end.</summary>
    public void Execute()
    {
        NoNewPrivilegesErrno = ErrnoOf(Libc.ProcessControl(Libc.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        CapabilitiesErrno = DropCapabilities();
        if (ruleset >= 0)
        {
            LandlockErrno = ErrnoOf(Landlock.Restrict(ruleset));
        }

        int process;
        SpawnErrno = Libc.Spawn(&process, program, actions, attributes, arguments, environment);
        ProcessId = process;
    }

    public void Dispose()
    {
        _ = Libc.SpawnActionsDestroy(actions);
        _ = Libc.SpawnAttributesDestroy(attributes);
        nullDevice.Dispose();
        foreach (var allocation in allocations)
        {
            NativeMemory.Free((void*)allocation);
        }
    }

    /// <summary>capset(2) is a thread's own. With no_new_privs the exec of a root user's program gives none back.</summary>
    static int DropCapabilities()
    {
        var header = stackalloc uint[2] { CapabilityVersion3, 0 };
        var data = stackalloc uint[6];
        return ErrnoOf((int)Libc.Syscall(SysCapset, (nint)header, (nint)data, 0, 0, 0));
    }

    static int ErrnoOf(int result) => result == 0 ? 0 : Marshal.GetLastPInvokeError();

    static int OpenNull()
    {
        fixed (byte* path = "/dev/null\0"u8)
        {
            return Libc.Open(path, Libc.O_RDWR | Libc.O_CLOEXEC, 0);
        }
    }

    void* Zeroed(nuint size)
    {
        var memory = NativeMemory.AllocZeroed(size);
        allocations.Add((nint)memory);
        return memory;
    }

    byte* Text(string text)
    {
        var count = System.Text.Encoding.UTF8.GetByteCount(text);
        var memory = (byte*)Zeroed((nuint)count + 1);
        _ = System.Text.Encoding.UTF8.GetBytes(text, new Span<byte>(memory, count));
        return memory;
    }

    byte** Texts(IReadOnlyList<string> texts)
    {
        var array = (byte**)Zeroed((nuint)((texts.Count + 1) * sizeof(nint)));
        for (var i = 0; i < texts.Count; i++)
        {
            array[i] = Text(texts[i]);
        }

        return array;
    }
}
