using System.Text.Json;

namespace Amnion.EndToEnd.Tests;

/// <summary>A home in which `amnion up` worked and `amnion down` stopped everything, and what `amnion demo --json` said of each tamper.</summary>
public sealed class TamperHome : IAsyncLifetime
{
    public string Root { get; } = Directory.CreateTempSubdirectory("amnion-e2e-").FullName;

    public JsonElement Demo { get; private set; }

    public int DemoExit { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (!EndToEnd.HasProgram)
        {
            return;
        }

        var demo = await CommandRun.AmnionAsync(Root, "demo", "--json");
        (Demo, DemoExit) = (demo.Json, demo.Exit);
        var up = await UpAsync();
        Assert.True(up.Exit == 0, up.Output + up.Errors);
        Again = await UpAsync("--model", EndToEnd.Weights);
        var down = await CommandRun.AmnionAsync(Root, "down", "--json");
        Assert.True(down.Exit == 0, down.Output + down.Errors);
        Assert.Equal(3, down.Json.GetProperty("stopped").GetArrayLength());
    }

    /// <summary>`up` with another model beside the deployment that runs already.</summary>
    internal CommandRun Again { get; private set; } = null!;

    /// <summary>The code the demo printed for a tamper.</summary>
    public string CodeOf(string tamper) => Demo.GetProperty("tampers").EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == tamper).GetProperty("code").GetString()!;

    internal Task<CommandRun> UpAsync(params string[] arguments) =>
        CommandRun.AmnionAsync(Root, ["up", "--json", "--listen", "http://127.0.0.1:0", "--relay", "http://127.0.0.1:0", "--dangerous-allow-missing-layers", .. arguments]);

    public async ValueTask DisposeAsync()
    {
        if (EndToEnd.HasProgram)
        {
            _ = await CommandRun.AmnionAsync(Root, "down");
        }

        Directory.Delete(Root, recursive: true);
    }
}
