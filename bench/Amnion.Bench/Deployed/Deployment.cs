using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;

namespace Amnion.Bench.Deployed;

/// <summary>`amnion up` with a home of its own: broker, relay, enclave, worker and proxy as separate processes.</summary>
sealed class Deployment : IAsyncDisposable
{
    readonly string _root;
    readonly string _home;

    Deployment(string root, string home) => (_root, _home) = (root, home);

    public Uri BaseUrl { get; private set; } = new("http://127.0.0.1/");

    public string ApiKey { get; private set; } = "";

    /// <summary>What the enclave calls the model.</summary>
    public string Model { get; private set; } = "";

    /// <summary>Until `amnion up` returned, sealing included.</summary>
    public TimeSpan Start { get; private set; }

    public static async Task<Deployment> StartAsync(string root, string model, string folder)
    {
        var deployment = new Deployment(root, Path.Combine(folder, "home"));
        try
        {
            var clock = Stopwatch.StartNew();
            using var answer = JsonDocument.Parse(await deployment.AmnionAsync("up", "--json", "--model", model, "--listen", FreeAddress(), "--relay", FreeAddress()).ConfigureAwait(false));
            deployment.Start = clock.Elapsed;
            deployment.BaseUrl = new Uri(answer.RootElement.GetProperty("base_url").GetString()! + "/");
            deployment.ApiKey = answer.RootElement.GetProperty("api_key").GetString()!;
            deployment.Model = await deployment.ModelAsync().ConfigureAwait(false);
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The processes of the sealed path by role: proxy, relay, enclave, workers, the busiest worker first. One that has served nobody is a spare.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<int>> Processes()
    {
        var (proxy, host) = (Pid("proxy"), Pid("host"));
        var inside = ProcessTable.Descendants(host).Where(process => process.Name == "amnion-enclave").ToList();
        var enclave = inside.Find(process => !inside.Exists(other => other.Id == process.Parent)) ?? throw new BenchException("the enclave's process was not found");
        return new Dictionary<string, IReadOnlyList<int>>
        {
            ["proxy"] = [proxy],
            ["relay"] = [host],
            ["enclave"] = [enclave.Id],
            ["workers"] = [.. inside.Where(process => process.Id != enclave.Id).OrderByDescending(process => process.Cpu).Select(process => process.Id)],
        };
    }

    public async ValueTask DisposeAsync() => _ = await AmnionAsync("down").ConfigureAwait(false);

    int Pid(string daemon)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_home, "run", daemon + ".json")));
        return document.RootElement.GetProperty("pid").GetInt32();
    }

    async Task<string> ModelAsync()
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
        using var models = JsonDocument.Parse(await http.GetStringAsync(new Uri(BaseUrl, "models")).ConfigureAwait(false));
        return models.RootElement.GetProperty("data")[0].GetProperty("id").GetString()!;
    }

    async Task<string> AmnionAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(_root, "amnion")) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["AMNION_HOME"] = _home;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
        await process.WaitForExitAsync().ConfigureAwait(false);
        return process.ExitCode == 0 ? output : throw new BenchException($"amnion {arguments[0]} ended with {process.ExitCode}: {await error.ConfigureAwait(false)}");
    }

    static string FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://{listener.LocalEndpoint}";
    }
}
