using Amnion.Inference.Confinement;

namespace Amnion.Inference.Tests;

/// <summary>Runs the filter's program in a small interpreter of classic BPF, so that each rule's outcome is known without installing it.</summary>
public sealed class SeccompFilterTests
{
    const uint Allow = 0x7FFF0000;
    const uint Kill = 0x80000000;
    const uint Refuse = 0x00050001;
    const uint NotThere = 0x00050026;
    const uint X64 = 0xC000003E;
    const int Socket = 3;
    const int Process = 4242;
    const ulong ThreadFlags = 0x3D0F00;

    static readonly ulong[] Program = SeccompFilter.Build(Socket, Process);

    [Theory]
    [InlineData("read", 0)]
    [InlineData("write", 1)]
    [InlineData("mmap", 9)]
    [InlineData("futex", 202)]
    [InlineData("exit_group", 231)]
    [InlineData("getrandom", 318)]
    public void Lets_through_what_a_running_worker_needs(string name, uint number) =>
        Assert.True(Run(number) == Allow, name);

    [Theory]
    [InlineData("open", 2)]
    [InlineData("pipe", 22)]
    [InlineData("dup", 32)]
    [InlineData("socket", 41)]
    [InlineData("connect", 42)]
    [InlineData("accept", 43)]
    [InlineData("sendmsg", 46)]
    [InlineData("recvmsg", 47)]
    [InlineData("bind", 49)]
    [InlineData("socketpair", 53)]
    [InlineData("fork", 57)]
    [InlineData("vfork", 58)]
    [InlineData("execve", 59)]
    [InlineData("kill", 62)]
    [InlineData("creat", 85)]
    [InlineData("unlink", 87)]
    [InlineData("ptrace", 101)]
    [InlineData("setrlimit", 160)]
    [InlineData("mount", 165)]
    [InlineData("init_module", 175)]
    [InlineData("tkill", 200)]
    [InlineData("kexec_load", 246)]
    [InlineData("keyctl", 250)]
    [InlineData("openat", 257)]
    [InlineData("unshare", 272)]
    [InlineData("perf_event_open", 298)]
    [InlineData("setns", 308)]
    [InlineData("process_vm_readv", 310)]
    [InlineData("process_vm_writev", 311)]
    [InlineData("seccomp", 317)]
    [InlineData("memfd_create", 319)]
    [InlineData("bpf", 321)]
    [InlineData("execveat", 322)]
    [InlineData("userfaultfd", 323)]
    [InlineData("io_uring_setup", 425)]
    [InlineData("pidfd_open", 434)]
    [InlineData("openat2", 437)]
    [InlineData("pidfd_getfd", 438)]
    [InlineData("memfd_secret", 447)]
    [InlineData("a call that does not exist yet", 4000)]
    public void Refuses_everything_else(string name, uint number) =>
        Assert.True(Run(number) == Refuse, name);

    [Fact]
    public void Only_the_socket_is_sent_to_and_received_from()
    {
        Assert.Equal(Allow, Run(44, Socket));
        Assert.Equal(Allow, Run(45, Socket));
        Assert.Equal(Refuse, Run(44, 5));
        Assert.Equal(Refuse, Run(45, 0));
    }

    [Fact]
    public void Clone_makes_threads_only()
    {
        Assert.Equal(Allow, Run(56, ThreadFlags));
        Assert.Equal(Refuse, Run(56, 17));
        Assert.Equal(Refuse, Run(56, 0));
        Assert.Equal(Refuse, Run(56, ThreadFlags | 0x10000000));
        Assert.Equal(Refuse, Run(56, ThreadFlags | 0x40000000));
        Assert.Equal(NotThere, Run(435));
    }

    [Fact]
    public void Signals_go_to_this_process_only()
    {
        Assert.Equal(Allow, Run(234, Process));
        Assert.Equal(Refuse, Run(234, 1));
    }

    [Fact]
    public void Limits_are_read_and_never_set()
    {
        Assert.Equal(Allow, Run(302, 0, 3, 0));
        Assert.Equal(Refuse, Run(302, 0, 3, 0x7FFF0000));
        Assert.Equal(Refuse, Run(302, 0, 3, 0x1_0000_0000));
    }

    [Fact]
    public void Arguments_decide_about_affinity_prctl_fcntl_and_stat()
    {
        Assert.Equal(Allow, Run(203, 0));
        Assert.Equal(Refuse, Run(203, 1));
        Assert.Equal(Allow, Run(157, 15));
        Assert.Equal(Refuse, Run(157, 4));
        Assert.Equal(Refuse, Run(157, 22));
        Assert.Equal(Allow, Run(72, 4, 3));
        Assert.Equal(Refuse, Run(72, 4, 0));
        Assert.Equal(Refuse, Run(72, 4, 1033));
        Assert.Equal(Allow, Run(262, 4, 0, 0, 0x1000));
        Assert.Equal(Refuse, Run(262, 4, 0, 0, 0));
    }

    [Fact]
    public void Other_architectures_are_killed_and_x32_numbers_refused()
    {
        Assert.Equal(Kill, Interpret(0, 0x40000003, []));
        Assert.Equal(Refuse, Run(0x40000000));
        Assert.Equal(Refuse, Run(0x4000003B));
    }

    static uint Run(uint number, params ulong[] arguments) => Interpret(number, X64, arguments);

    static uint Interpret(uint number, uint architecture, ulong[] arguments)
    {
        var data = new byte[64];
        BitConverter.TryWriteBytes(data.AsSpan(0), number);
        BitConverter.TryWriteBytes(data.AsSpan(4), architecture);
        for (var i = 0; i < arguments.Length; i++)
        {
            BitConverter.TryWriteBytes(data.AsSpan(16 + (8 * i)), arguments[i]);
        }

        uint accumulator = 0;
        for (var at = 0; ; at++)
        {
            var (code, ifTrue, ifFalse, value) = ((ushort)Program[at], (byte)(Program[at] >> 16), (byte)(Program[at] >> 24), (uint)(Program[at] >> 32));
            switch (code)
            {
                case 0x20:
                    accumulator = BitConverter.ToUInt32(data, (int)value);
                    break;
                case 0x15:
                    at += accumulator == value ? ifTrue : ifFalse;
                    break;
                case 0x45:
                    at += (accumulator & value) != 0 ? ifTrue : ifFalse;
                    break;
                case 0x06:
                    return value;
                default:
                    throw new InvalidOperationException($"instruction {code:x}");
            }
        }
    }
}
