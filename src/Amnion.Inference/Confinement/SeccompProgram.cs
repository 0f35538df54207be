namespace Amnion.Inference.Confinement;

/// <summary>Assembles a classic BPF program over struct seccomp_data: an allow-list whose default is EPERM.</summary>
sealed class SeccompProgram
{
    /// <summary>SECCOMP_RET_ERRNO; the low 16 bits are the errno.</summary>
    public const uint Errno = 0x0005_0000;

    const uint ReturnAllow = 0x7FFF_0000;
    const uint ReturnKillProcess = 0x8000_0000;
    const uint AuditArchX64 = 0xC000_003E;

    // BPF_LD|BPF_W|BPF_ABS, BPF_JMP|BPF_JEQ|BPF_K, BPF_JMP|BPF_JSET|BPF_K, BPF_RET|BPF_K
    const ushort Load = 0x20;
    const ushort JumpIfEqual = 0x15;
    const ushort JumpIfAny = 0x45;
    const ushort Return = 0x06;

    const uint NumberOffset = 0;
    const uint ArchitectureOffset = 4;
    const uint ArgumentsOffset = 16;

    // CLONE_VM|FS|FILES|SIGHAND|THREAD|SYSVSEM|SETTLS|PARENT_SETTID|CHILD_CLEARTID|DETACHED: what pthread_create passes.
    const uint ThreadFlags = 0x007D_0F00;
    const uint ThreadFlag = 0x0001_0000;

    readonly List<ulong> instructions = [];

    /// <summary>Begins with the architecture: numbers mean other calls elsewhere. x32 numbers carry bit 30 and match nothing.</summary>
    public SeccompProgram()
    {
        Add(Load, ArchitectureOffset);
        Add(JumpIfEqual, AuditArchX64, 1, 0);
        Add(Return, ReturnKillProcess);
        Add(Load, NumberOffset);
    }

    public void Allow(params ReadOnlySpan<SystemCall> calls)
    {
        foreach (var call in calls)
        {
            Add(JumpIfEqual, (uint)call, 0, 1);
            Add(Return, ReturnAllow);
        }
    }

    public void Fail(SystemCall call, uint errno)
    {
        Add(JumpIfEqual, (uint)call, 0, 1);
        Add(Return, Errno | errno);
    }

    /// <summary>Allows where an argument's low 32 bits have a value; later rules for the same call still apply.</summary>
    public void AllowIfEqual(SystemCall call, int argument, uint value)
    {
        Add(JumpIfEqual, (uint)call, 0, 4);
        Add(Load, Low(argument));
        Add(JumpIfEqual, value, 0, 1);
        Add(Return, ReturnAllow);
        Add(Load, NumberOffset);
    }

    /// <summary>Allows where any bit of a mask is set in an argument's low 32 bits.</summary>
    public void AllowIfAny(SystemCall call, int argument, uint mask)
    {
        Add(JumpIfEqual, (uint)call, 0, 4);
        Add(Load, Low(argument));
        Add(JumpIfAny, mask, 0, 1);
        Add(Return, ReturnAllow);
        Add(Load, NumberOffset);
    }

    /// <summary>Allows where all 64 bits of an argument are zero.</summary>
    public void AllowIfZero(SystemCall call, int argument)
    {
        Add(JumpIfEqual, (uint)call, 0, 6);
        Add(Load, Low(argument));
        Add(JumpIfEqual, 0, 0, 3);
        Add(Load, Low(argument) + 4);
        Add(JumpIfEqual, 0, 0, 1);
        Add(Return, ReturnAllow);
        Add(Load, NumberOffset);
    }

    /// <summary>Allows clone with the flags of a thread and no other.</summary>
    public void AllowThreadClone()
    {
        Add(JumpIfEqual, (uint)SystemCall.Clone, 0, 5);
        Add(Load, Low(0));
        Add(JumpIfAny, ~ThreadFlags, 2, 0);
        Add(JumpIfAny, ThreadFlag, 0, 1);
        Add(Return, ReturnAllow);
        Add(Load, NumberOffset);
    }

    public ulong[] ToArray() => [.. instructions, Encode(Return, Errno | Confinement.Errno.EPERM, 0, 0)];

    static uint Low(int argument) => ArgumentsOffset + (8 * (uint)argument);

    void Add(ushort code, uint value, byte ifTrue = 0, byte ifFalse = 0) => instructions.Add(Encode(code, value, ifTrue, ifFalse));

    static ulong Encode(ushort code, uint value, byte ifTrue, byte ifFalse) =>
        code | ((ulong)ifTrue << 16) | ((ulong)ifFalse << 24) | ((ulong)value << 32);
}
