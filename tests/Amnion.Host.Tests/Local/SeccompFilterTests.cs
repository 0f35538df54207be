using System.Buffers.Binary;
using System.Globalization;
using Amnion.Host.Local;

namespace Amnion.Host.Tests.Local;

public sealed class SeccompFilterTests
{
    [Fact]
    public void Every_jump_lands_inside_and_every_path_ends_in_a_verdict()
    {
        var program = SeccompFilter.Program.AsSpan();
        Assert.Equal(0, program.Length % 8);
        Assert.InRange(program.Length / 8, 1, 4096); // BPF_MAXINSNS
        for (uint number = 0; number < 600; number++)
        {
            Assert.Contains(Run(number), new[] { SeccompFilter.Allow, SeccompFilter.ErrnoEperm, SeccompFilter.ErrnoEnosys, SeccompFilter.ErrnoFamily });
        }
    }

    [Fact]
    public void The_list_of_allowed_numbers_is_what_the_program_allows()
    {
        uint[] conditional = [SystemCalls.Ioctl, SystemCalls.Socket, SystemCalls.SocketPair, SystemCalls.Clone, SystemCalls.Clone3];
        Assert.Equal(SystemCalls.Allowed.Distinct().Count(), SystemCalls.Allowed.Length);
        Assert.Empty(SystemCalls.Allowed.Intersect(conditional));
        for (uint number = 0; number <= SystemCalls.NewestKnown; number++)
        {
            if (!conditional.Contains(number))
            {
                Assert.Equal(SystemCalls.Allowed.Contains(number) ? SeccompFilter.Allow : SeccompFilter.ErrnoEperm, Run(number));
            }
        }
    }

    [Fact]
    public void The_filter_for_aarch64_decides_by_its_own_numbers()
    {
        uint[] conditional = [Arm64SystemCalls.Ioctl, Arm64SystemCalls.Socket, Arm64SystemCalls.SocketPair, Arm64SystemCalls.Clone, SystemCalls.Clone3];
        Assert.Equal(Arm64SystemCalls.Allowed.Distinct().Count(), Arm64SystemCalls.Allowed.Length);
        Assert.Empty(Arm64SystemCalls.Allowed.Intersect(conditional));
        for (uint number = 0; number <= SystemCalls.NewestKnown; number++)
        {
            if (!conditional.Contains(number))
            {
                Assert.Equal(Arm64SystemCalls.Allowed.Contains(number) ? SeccompFilter.Allow : SeccompFilter.ErrnoEperm, Run(number, architecture: SeccompFilter.ArchitectureArm64));
            }
        }

        Assert.Equal(SeccompFilter.ErrnoFamily, Run(Arm64SystemCalls.Socket, 2, architecture: SeccompFilter.ArchitectureArm64));
        Assert.Equal(SeccompFilter.ErrnoEperm, Run(Arm64SystemCalls.Clone, SeccompFilter.CloneNamespaces, architecture: SeccompFilter.ArchitectureArm64));
    }

    [Fact]
    public void Another_architecture_and_the_x32_convention_kill_the_process()
    {
        Assert.Equal(SeccompFilter.KillProcess, Run(0, architecture: 0x40000003));
        Assert.Equal(SeccompFilter.KillProcess, Run(0x40000000));
        Assert.Equal(SeccompFilter.KillProcess, Run(uint.MaxValue));
    }

    [Fact]
    public void Unknown_calls_do_not_exist_and_clone3_neither()
    {
        Assert.Equal(SeccompFilter.ErrnoEnosys, Run(SystemCalls.NewestKnown + 1));
        Assert.Equal(SeccompFilter.ErrnoEnosys, Run(SystemCalls.Clone3));
    }

    [Theory]
    [InlineData(1u, SeccompFilter.Allow)]
    [InlineData(2u, SeccompFilter.ErrnoFamily)]
    [InlineData(0u, SeccompFilter.ErrnoFamily)]
    [InlineData(16u, SeccompFilter.ErrnoFamily)]
    public void Sockets_are_unix_sockets(uint family, uint verdict)
    {
        Assert.Equal(verdict, Run(SystemCalls.Socket, family));
        Assert.Equal(verdict, Run(SystemCalls.SocketPair, family));
    }

    [Fact]
    public void Clone_makes_threads_and_processes_but_no_namespace()
    {
        const uint Thread = 0x3d0f00; // what pthread_create passes
        const uint VforkAndSignal = 0x4111; // what posix_spawn passes
        Assert.Equal(SeccompFilter.Allow, Run(SystemCalls.Clone, Thread));
        Assert.Equal(SeccompFilter.Allow, Run(SystemCalls.Clone, VforkAndSignal));
        for (var bit = 0; bit < 32; bit++)
        {
            var flag = 1u << bit;
            Assert.Equal((SeccompFilter.CloneNamespaces & flag) == 0 ? SeccompFilter.Allow : SeccompFilter.ErrnoEperm, Run(SystemCalls.Clone, Thread | flag));
        }
    }

    [Theory]
    [InlineData(0x5412u, SeccompFilter.ErrnoEperm)]
    [InlineData(0x541Cu, SeccompFilter.ErrnoEperm)]
    [InlineData(0x5413u, SeccompFilter.Allow)]
    [InlineData(0x541Bu, SeccompFilter.Allow)]
    public void Ioctl_cannot_type_into_a_terminal(uint request, uint verdict) => Assert.Equal(verdict, Run(SystemCalls.Ioctl, 0, request));

    /// <summary>Classic BPF as the kernel runs it (net/core/filter.c), for the four instruction kinds the filter uses.</summary>
    static uint Run(uint number, uint first = 0, uint second = 0, uint architecture = SeccompFilter.ArchitectureX64)
    {
        var data = new byte[64];
        BinaryPrimitives.WriteUInt32LittleEndian(data, number);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(4), architecture);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(16), first);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(24), second);
        var program = (architecture == SeccompFilter.ArchitectureArm64 ? SeccompFilter.ProgramArm64 : SeccompFilter.Program).AsSpan();
        uint accumulator = 0;
        for (var at = 0; ;)
        {
            var instruction = program.Slice(8 * at, 8);
            var k = BinaryPrimitives.ReadUInt32LittleEndian(instruction[4..]);
            at++;
            switch (BinaryPrimitives.ReadUInt16LittleEndian(instruction))
            {
                case 0x20:
                    accumulator = BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan((int)k));
                    break;
                case 0x15:
                    at += accumulator == k ? instruction[2] : instruction[3];
                    break;
                case 0x25:
                    at += accumulator > k ? instruction[2] : instruction[3];
                    break;
                case 0x35:
                    at += accumulator >= k ? instruction[2] : instruction[3];
                    break;
                case 0x45:
                    at += (accumulator & k) != 0 ? instruction[2] : instruction[3];
                    break;
                case 0x06:
                    return k;
                default:
                    Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"Instruction {at - 1} is of an unknown kind."));
                    break;
            }
        }
    }
}
