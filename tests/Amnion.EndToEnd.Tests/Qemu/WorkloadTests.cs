using System.Security.Cryptography;
using System.Text;
using Amnion.Attestation.Nitro;
using Amnion.Client;
using Amnion.Images.Eif;
using Amnion.Records;

namespace Amnion.EndToEnd.Tests.Qemu;

/// <summary>Lift and shift: a foreign server, unmodified, behind the sealed endpoint of an image of its own.</summary>
public sealed class WorkloadTests : IClassFixture<WorkloadStack>
{
    const int Limit = 600_000;

    readonly WorkloadStack _stack;

    public WorkloadTests(WorkloadStack stack)
    {
        QemuFiles.RequireWorkload();
        _stack = stack;
    }

    static CancellationToken Cancellation => EndToEnd.Cancellation;

    [Fact(Timeout = Limit)]
    public async Task It_answers_sealed_questions()
    {
        // The demo model knows one clinic: an answer that names no hour did not come from it.
        Assert.Contains("8:00", await _stack.AskAsync("When is the clinic open?"), StringComparison.Ordinal);
        Assert.Equal(_stack.Answer, await _stack.AskAsync(Chat.Question));
    }

    [Fact(Timeout = Limit)]
    public async Task Its_evidence_is_of_its_own_image_and_names_the_server()
    {
        var file = EifImage.Open(QemuFiles.WorkloadImage).Measure().Registers;
        var bundle = EvidenceBundle.Parse(await _stack.Enclave.Connection.GetEvidenceAsync(RandomNumberGenerator.GetBytes(32), Cancellation));
        var document = NitroDocument.Parse(bundle.Evidence.AsSpan());
        Assert.Equal(file.Image.Hex, document.Pcrs[0].ToString());
        Assert.Equal(file.Application.Hex, document.Pcrs[2].ToString());
        Assert.NotEqual(EifImage.Open(QemuFiles.Image).Measure().Registers.Image.Hex, document.Pcrs[0].ToString());

        var engine = EngineConfiguration.Parse(bundle.Preimages[RegisterLog.EngineConfiguration].AsSpan());
        Assert.Equal("openai llama-server", engine.Engine);
        Assert.Equal(8080, engine.Workload!.Port);
        Assert.False(engine.Workload.Shared);
        var arguments = Encoding.UTF8.GetBytes(string.Concat(Arguments().Select(argument => argument + "\0")));
        Assert.Equal(Digest.Sha384(arguments), engine.Workload.Arguments);
    }

    [Fact(Timeout = Limit)]
    public async Task A_policy_for_the_built_in_engine_refuses_it()
    {
        var other = QemuFiles.Target();
        var policy = _stack.Policy with { Registers = other.Registers };
        using var http = new HttpClient();
        var (_, _, result) = await new EnclaveVerifier(http, new AmnionClientOptions { Relay = _stack.Relay, Policy = policy }).AppraiseAsync(Cancellation);
        Assert.False(result.Accepted);
    }

    // The command line of the declarative file, read on its own.
    static IEnumerable<string> Arguments()
    {
        var line = File.ReadLines(Path.Combine(Amnion.Testing.SharedData.Repository, "samples", "image", "llama-server.yaml")).Single(line => line.TrimStart().StartsWith("arguments:", StringComparison.Ordinal));
        return line[(line.IndexOf('[', StringComparison.Ordinal) + 1)..line.LastIndexOf(']')].Split(',').Select(word => word.Trim().Trim('"'));
    }
}
