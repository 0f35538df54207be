using System.Globalization;
using System.Security.Cryptography;
using Amnion.Attestation;
using Amnion.Attestation.Nitro;
using Amnion.Client;
using Amnion.Images.Eif;
using Amnion.Records;

namespace Amnion.EndToEnd.Tests.Qemu;

/// <summary>The built image under QEMU's nitro-enclave machine, with everything around it as in a deployment.</summary>
[Collection(QemuGroup.Name)]
public sealed class QemuTests
{
    const int Limit = 300_000;
    const long MiB = 1024 * 1024;

    readonly QemuStack _stack;

    public QemuTests(QemuStack stack)
    {
        QemuFiles.Require();
        _stack = stack;
    }

    static CancellationToken Cancellation => EndToEnd.Cancellation;

    [Fact(Timeout = Limit)]
    public async Task Answers_sealed_questions()
    {
        Assert.NotEqual("", _stack.Answer);
        Assert.Equal(_stack.Answer, await _stack.AskAsync(Chat.Question));
    }

    [Fact(Timeout = Limit)]
    public async Task Answers_several_callers_at_once()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _stack.AskAsync(Chat.Question)));
        Assert.All(answers, answer => Assert.Equal(_stack.Answer, answer));
    }

    [Fact(Timeout = Limit)]
    public async Task The_documents_registers_are_those_that_the_image_file_says()
    {
        var file = EifImage.Open(QemuFiles.Image).Measure().Registers;
        var bundle = EvidenceBundle.Parse(await _stack.Enclave.Connection.GetEvidenceAsync(RandomNumberGenerator.GetBytes(32), Cancellation));
        var document = NitroDocument.Parse(bundle.Evidence.AsSpan());
        Assert.Equal(AttestationPlatform.Qemu, bundle.Platform);
        Assert.Equal(_stack.Enclave.ModuleId, document.ModuleId);
        Assert.Equal(file.Image.Hex, document.Pcrs[0].ToString());
        Assert.Equal(file.Bootstrap.Hex, document.Pcrs[1].ToString());
        Assert.Equal(file.Application.Hex, document.Pcrs[2].ToString());
        Assert.Equal(file.Certificate?.Hex ?? new string('0', 96), document.Pcrs[8].ToString());

        // Registers 3 and 4 from the command line, without an inner hash; the enclave's own all locked.
        Assert.Equal(_stack.Enclave.LaunchRegisters[3].Hex, document.Pcrs[3].ToString());
        Assert.Equal(_stack.Enclave.LaunchRegisters[4].Hex, document.Pcrs[4].ToString());
        Assert.Equal(Enumerable.Range(0, 24), document.Pcrs.Keys);
        foreach (var (register, value) in bundle.RegisterLog.Replay())
        {
            Assert.Equal(Convert.ToHexStringLower(value.AsSpan()), document.Pcrs[register].ToString());
        }
    }

    [Theory(Timeout = Limit)]
    [InlineData("local")]
    [InlineData("nitro")]
    public async Task A_policy_for_another_platform_refuses_it(string platform)
    {
        var policy = _stack.Policy with { Platform = platform };
        using var http = new HttpClient();
        var (_, _, result) = await new EnclaveVerifier(http, new AmnionClientOptions { Relay = _stack.Relay, Policy = policy }).AppraiseAsync(Cancellation);
        Assert.False(result.Accepted);
        Assert.Contains(AttestationCodes.PlatformMismatch, result.Failures.Select(check => check.Code));
    }

    [Fact(Timeout = Limit)]
    public async Task Nothing_listens_inside_but_the_endpoint()
    {
        // Every port below 1200 and some that servers like; the answer to each is a reset, so this asks quickly.
        uint[] ports = [.. Enumerable.Range(1, 1200).Select(port => (uint)port), 2375, 3000, 3389, 5000, 5432, 6379, 6999, 7001, 8000, 8001, 8080, 8443, 8888, 9000, 9001, 9090, 10000, 10016, 11434, 50051, 65535, 1 << 20];
        var path = Directory.EnumerateFiles(_stack.Home.Run, "vm.vsock", SearchOption.AllDirectories).Single();
        var open = new List<uint>();
        await Parallel.ForEachAsync(ports, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancellation }, async (port, cancellation) =>
        {
            if (await GuestPort.IsOpenAsync(path, port, cancellation))
            {
                lock (open)
                {
                    open.Add(port);
                }
            }
        });
        Assert.Empty(open);
        Assert.True(await GuestPort.IsOpenAsync(path, 7000, Cancellation));
        Assert.NotEqual("", await _stack.AskAsync(Chat.Question));
    }

    [Fact(Timeout = Limit)]
    public void Image_memory_and_boot_stay_within_their_bounds()
    {
        var image = new FileInfo(QemuFiles.Image).Length;
        var (resident, guest) = Resident(_stack.Enclave.ProcessId);
        var report = string.Create(CultureInfo.InvariantCulture, $"image {image / 1e6:0.0} MB; boot {_stack.Boot.TotalSeconds:0.0} s; first sealed answer {_stack.FirstAnswer.TotalSeconds:0.0} s; QEMU resident {resident / MiB} MiB, of it memory the machine has touched {guest / MiB} MiB of {_stack.Enclave.MemoryMiB}");
        TestContext.Current.TestOutputHelper?.WriteLine(report);
        Assert.True(image <= 60_000_000, report);

        // Time depends on the machine and is reported, not judged: docs/specs/qemu-platform.md §9 has what was measured.
        Assert.True(guest <= _stack.Enclave.MemoryMiB * MiB, report);
    }

    // Resident bytes of QEMU, and of the mapping that is the machine's memory: a shared anonymous file.
    static (long All, long Guest) Resident(int process)
    {
        long all = 0, guest = 0;
        var isGuest = false;
        foreach (var line in File.ReadLines($"/proc/{process}/smaps"))
        {
            if (!line.Split(' ')[0].EndsWith(':'))
            {
                isGuest = line.Contains("memfd:", StringComparison.Ordinal);
            }
            else if (line.StartsWith("Rss:", StringComparison.Ordinal))
            {
                var bytes = 1024 * long.Parse(line["Rss:".Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
                all += bytes;
                guest += isGuest ? bytes : 0;
            }
        }

        return (all, guest);
    }
}
