using System.Text.Json;
using Amnion.Cli.Demo;

namespace Amnion.EndToEnd.Tests;

/// <summary>The demo's tampers repeated by hand, one bit of a file and then `amnion up`: the same code, exit 10.</summary>
public sealed class TamperByHandTests : IClassFixture<TamperHome>
{
    const int Limit = 120_000;
    const int Rejected = 10;

    readonly TamperHome _home;

    public TamperByHandTests(TamperHome home)
    {
        EndToEnd.RequireProgram();
        _home = home;
    }

    [Fact]
    public void The_demo_does_every_step_and_refuses_every_tamper()
    {
        Assert.Equal(0, _home.DemoExit);
        Assert.All(_home.Demo.GetProperty("steps").EnumerateArray(), step => Assert.True(step.GetProperty("ok").GetBoolean()));
        Assert.Equal(6, _home.Demo.GetProperty("tampers").GetArrayLength());
        Assert.All(_home.Demo.GetProperty("tampers").EnumerateArray(), tamper => Assert.True(tamper.GetProperty("refused").GetBoolean()));
        Assert.Equal(JsonValueKind.Object, _home.Demo.GetProperty("receipt").ValueKind);
    }

    [Fact]
    public void Options_that_would_change_nothing_beside_a_running_deployment_are_refused()
    {
        Assert.Equal(1, _home.Again.Exit);
        Assert.Contains("AMN-CLI-0009", _home.Again.Output + _home.Again.Errors, StringComparison.Ordinal);
        Assert.Contains("--model", _home.Again.Output + _home.Again.Errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task One_bit_of_the_sealed_weights()
    {
        var sealedFile = Directory.EnumerateFiles(Path.Combine(_home.Root, "models"), "*.sealed", SearchOption.AllDirectories).Single();
        await FlippedAsync(sealedFile, new FileInfo(sealedFile).Length / 2, "one bit of the sealed weights");
    }

    [Fact(Timeout = Limit)]
    public async Task One_bit_of_the_models_signature()
    {
        const string Start = "\"sig\":\"";
        var file = Directory.EnumerateFiles(Path.Combine(_home.Root, "models"), "model.sig", SearchOption.AllDirectories).Single();
        var text = await File.ReadAllTextAsync(file, EndToEnd.Cancellation);
        await FlippedAsync(file, text.IndexOf(Start, StringComparison.Ordinal) + Start.Length + 20, "one bit of the model's signature");
    }

    [Fact(Timeout = Limit)]
    public async Task One_bit_of_a_copied_program()
    {
        var copy = Path.Combine(_home.Root, "program");
        Copy(EndToEnd.Program, copy);
        File.Copy(EndToEnd.Program.TrimEnd('/') + ".measurements.json", copy + ".measurements.json");
        var program = Path.Combine(copy, "amnion-enclave");
        BitFlip.InFile(program, BitFlip.HarmlessOffset(program));
        await RefusedAsync("one bit of the enclave program", "--program", copy);
    }

    async Task FlippedAsync(string file, long offset, string tamper)
    {
        BitFlip.InFile(file, offset);
        try
        {
            await RefusedAsync(tamper);
        }
        finally
        {
            BitFlip.InFile(file, offset);
        }
    }

    async Task RefusedAsync(string tamper, params string[] arguments)
    {
        var up = await _home.UpAsync(arguments);
        Assert.Equal((Rejected, _home.CodeOf(tamper)), (up.Exit, up.Json.GetProperty("error").GetProperty("code").GetString()));
        var down = await CommandRun.AmnionAsync(_home.Root, "down", "--json");
        Assert.Equal(0, down.Json.GetProperty("stopped").GetArrayLength());
    }

    static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
