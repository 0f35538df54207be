using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using Amnion.Cli.State;
using Amnion.Records;

namespace Amnion.EndToEnd.Tests;

/// <summary>Nothing leaks: canaries in prompt, answer, API key, weights and keys are looked for everywhere the operator can look outside the enclave.</summary>
[Collection(ServedGroup.Name)]
public sealed class CanaryTests
{
    const int Limit = 120_000;

    readonly ServedStack _stack;
    readonly string _prompt = "canary-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));

    public CanaryTests(ServedStack stack)
    {
        EndToEnd.RequireProgram();
        _stack = stack;
    }

    /// <summary>Looks for everything where nothing may be, then leaks everything on purpose and finds each in every place.</summary>
    [Fact(Timeout = Limit)]
    public async Task Nothing_leaks_and_what_is_leaked_on_purpose_is_found()
    {
        RequireMemory(_stack.Host.Id);
        var enclave = ProcessTree.Enclave(_stack.Host.Id);
        RequireMemory(enclave);
        var answer = await AskAsync();
        Assert.True(answer.Length >= 32, answer);
        var content = (Canary[])
        [
            .. Canary.Of("prompt", _prompt),
            .. Canary.Of("answer", answer[..32]),
            .. Canary.Of("API key", _stack.ApiKey),
            new("weights", WeightsWindow()),
        ];
        var dataKey = new Canary("data key", _stack.DataKey);

        // The search finds what it should where it may be: the prompt at the caller's own proxy, the private keys in the enclave.
        Assert.Contains("prompt", ProcessMemory.Find(_stack.Proxy.Id, content));
        var keyset = await KeysetAsync();
        var found = EnclaveKeys.Find(enclave, keyset);
        Assert.Equal(keyset.Sealing.Length + 1, found.Count);
        using var signer = Signers.Model(_stack.Home);
        Canary[] canaries = [.. content, dataKey, .. Canary.OfNumber("model signer", signer.ExportParameters(includePrivateParameters: true).D!), .. found.SelectMany(key => Canary.OfNumber("enclave's " + key.Key, key.Value))];
        Assert.Empty(await PlacesAsync(canaries));

        // Its file is the model owner's own; the text of it is nowhere else.
        Canary[] file = [.. Canary.Of("model signer's file", File.ReadAllLines(Path.Combine(_stack.Home.Signers, "model.pem"))[2])];
        Assert.All((int[])[_stack.Host.Id, _stack.Broker.Id, enclave], id => Assert.Empty(ProcessMemory.Find(id, file)));

        // The broker's root key stays with the broker, and the data key is erased in the enclave and absent from workers once the weights are open.
        var rootKey = new Canary("root key", await File.ReadAllBytesAsync(Path.Combine(_stack.Home.Broker, "root.key"), EndToEnd.Cancellation));
        Assert.Empty(ProcessMemory.Find(_stack.Host.Id, [rootKey]));
        Assert.Equal(["root key"], ProcessMemory.Find(_stack.Broker.Id, [rootKey]));
        Assert.All((int[])[enclave, .. ProcessTree.Workers(_stack.Host.Id)], id => Assert.Empty(ProcessMemory.Find(id, [dataKey, rootKey])));

        var everywhere = canaries.SelectMany(canary => (string[])[$"{canary.Name} in file run/leak.bin", $"{canary.Name} in the broker's memory", $"{canary.Name} in the host's memory", $"{canary.Name} on the wire"]).Order(StringComparer.Ordinal).ToList();

        // A process that answers before it has read what was sent, or reuses the buffer for its next request, does not keep it: what counts is that the search finds it where it is.
        var leaked = await LeakAsync(canaries);
        for (var attempt = 1; attempt < 5 && !leaked.SequenceEqual(everywhere); attempt++)
        {
            leaked = await LeakAsync(canaries);
        }

        Assert.Equal(everywhere, leaked);
    }

    [Fact(Timeout = Limit)]
    public void No_part_of_the_host_or_the_enclave_may_write_a_core_file()
    {
        var processes = ProcessTree.Below(_stack.Host.Id);
        Assert.Contains(ProcessTree.Enclave(_stack.Host.Id), processes);
        Assert.NotEmpty(ProcessTree.Workers(_stack.Host.Id));
        Assert.All((int[])[_stack.Host.Id, .. processes], id => Assert.Equal("0 0", ProcessTree.CoreLimit(id)));
    }

    /// <summary>Writes the canaries to a file and sends them, unsealed, to relay and broker; where they are found then.</summary>
    async Task<List<string>> LeakAsync(Canary[] canaries)
    {
        byte[] all = [.. canaries.SelectMany(canary => canary.Bytes)];
        var leak = Path.Combine(_stack.Home.Run, "leak.bin");
        await File.WriteAllBytesAsync(leak, all, EndToEnd.Cancellation);
        try
        {
            using var http = new HttpClient();
            foreach (var url in (Uri[])[new(_stack.Wire.Url, "ohttp"), new(_stack.BrokerUrl, "leak")])
            {
                using var body = new ByteArrayContent(all);
                using var refused = await http.PostAsync(url, body, EndToEnd.Cancellation);
                Assert.False(refused.IsSuccessStatusCode);
            }

            return [.. (await PlacesAsync(canaries)).Order(StringComparer.Ordinal)];
        }
        finally
        {
            File.Delete(leak);
        }
    }

    async Task<Keyset> KeysetAsync()
    {
        using var http = new HttpClient();
        var nonce = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return EvidenceBundle.Parse(await http.GetByteArrayAsync(new Uri(_stack.RelayUrl, $".well-known/amnion/evidence?nonce={nonce}"), EndToEnd.Cancellation)).Keyset;
    }

    /// <summary>Every place outside enclave and proxy where one of the canaries stands.</summary>
    async Task<List<string>> PlacesAsync(Canary[] canaries)
    {
        var places = new List<string>();
        places.AddRange(ProcessMemory.Find(_stack.Host.Id, canaries).Select(name => $"{name} in the host's memory"));
        places.AddRange(ProcessMemory.Find(_stack.Broker.Id, canaries).Select(name => $"{name} in the broker's memory"));
        places.AddRange(Find(_stack.Wire.Bytes, canaries).Select(name => $"{name} on the wire"));
        using var http = new HttpClient();
        places.AddRange(Find(await http.GetByteArrayAsync(new Uri(_stack.RelayUrl, "metrics"), EndToEnd.Cancellation), canaries).Select(name => $"{name} in the metrics"));
        var files = 0;
        foreach (var path in Directory.EnumerateFiles(_stack.Home.Root, "*", SearchOption.AllDirectories))
        {
            // The first caller's key is given to the caller in this one file; sockets and lock files hold nothing.
            if (path != _stack.Home.ApiKey && !path.EndsWith(".sock", StringComparison.Ordinal) && new FileInfo(path).Length > 0)
            {
                files++;
                places.AddRange(Find(await File.ReadAllBytesAsync(path, EndToEnd.Cancellation), canaries).Select(name => $"{name} in file {Path.GetRelativePath(_stack.Home.Root, path)}"));
            }
        }

        Assert.True(files > 10);
        return places;
    }

    static IEnumerable<string> Find(byte[] bytes, Canary[] canaries) => canaries.Where(canary => bytes.AsSpan().IndexOf(canary.Bytes) >= 0).Select(canary => canary.Name);

    async Task<string> AskAsync()
    {
        var (status, body) = await _stack.AskAsync($"{Chat.Question} {_prompt}");
        Assert.Equal(HttpStatusCode.OK, status);
        return Chat.Text(body);
    }

    static void RequireMemory(int id)
    {
        if (!ProcessMemory.IsReadable(id))
        {
            EndToEnd.Missing("This machine does not let a test read another process's memory (run as root, or with ptrace_scope 0).");
        }
    }

    // From the tensors, which stand at the end of a GGUF, and with enough different bytes to stand nowhere else by chance.
    static byte[] WeightsWindow()
    {
        var weights = File.ReadAllBytes(EndToEnd.Weights);
        for (var at = weights.Length / 4 * 3; ; at += 32)
        {
            var window = weights[at..(at + 32)];
            if (window.Distinct().Count() >= 24)
            {
                return window;
            }
        }
    }
}
