using System.Net;
using System.Security.Cryptography;

namespace Amnion.EndToEnd.Tests;

/// <summary>Nothing leaks: canaries in prompt, answer, API key and weights are looked for everywhere the operator can look outside the enclave.</summary>
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

    [Fact(Timeout = Limit)]
    public async Task Nothing_leaks()
    {
        RequireMemory();
        var answer = await AskAsync();
        Assert.True(answer.Length >= 32, answer);
        var canaries = (Canary[])
        [
            .. Canary.Of("prompt", _prompt),
            .. Canary.Of("answer", answer[..32]),
            .. Canary.Of("API key", _stack.ApiKey),
            new("weights", WeightsWindow()),
        ];

        // The search finds the prompt where it may be: at the caller's own proxy.
        Assert.Contains("prompt", ProcessMemory.Find(_stack.Proxy.Id, canaries));
        Assert.Empty(await PlacesAsync(canaries));
    }

    [Fact(Timeout = Limit)]
    public async Task The_search_finds_what_is_leaked_on_purpose()
    {
        RequireMemory();
        var canaries = (Canary[])[.. Canary.Of("prompt", _prompt)];
        var leak = Path.Combine(_stack.Home.Run, "leak.txt");
        await File.WriteAllTextAsync(leak, $"a prompt: {_prompt}", EndToEnd.Cancellation);
        try
        {
            using var http = new HttpClient();
            using var plain = new HttpRequestMessage(HttpMethod.Post, new Uri(_stack.Wire.Url, "ohttp")) { Content = new StringContent(_prompt) };
            plain.Headers.Add("x-leak", _prompt);
            using var refused = await http.SendAsync(plain, EndToEnd.Cancellation);
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, refused.StatusCode);
            var places = await PlacesAsync(canaries);
            Assert.Contains("prompt in file run/leak.txt", places);
            Assert.Contains("prompt on the wire", places);
            Assert.Contains("prompt in the host's memory", places);
        }
        finally
        {
            File.Delete(leak);
        }
    }

    [Fact(Timeout = Limit)]
    public void No_part_of_the_host_or_the_enclave_may_write_a_core_file()
    {
        var processes = ProcessTree.Below(_stack.Host.Id);
        Assert.Contains(ProcessTree.Enclave(_stack.Host.Id), processes);
        Assert.NotEmpty(ProcessTree.Workers(_stack.Host.Id));
        Assert.All((int[])[_stack.Host.Id, .. processes], id => Assert.Equal("0 0", ProcessTree.CoreLimit(id)));
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

    void RequireMemory()
    {
        if (!ProcessMemory.IsReadable(_stack.Host.Id))
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
