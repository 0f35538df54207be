using Amnion.Host.Local;

namespace Amnion.Host.Tests.Local;

/// <summary>A local platform over the probe program in a home of its own. Skips where bubblewrap cannot isolate.</summary>
sealed class LocalFixture : IDisposable
{
    readonly TemporaryDirectory _directory = new();

    LocalFixture(LocalPlatform platform, TemporaryDirectory directory) => (Platform, _directory) = (platform, directory);

    public LocalPlatform Platform { get; }

    public string Home => _directory.Combine("home");

    public string Program => _directory.Combine("program");

    public string SocketPath => Directory.EnumerateFiles(Home, "enclave.sock", SearchOption.AllDirectories).Single();

    public static async Task<LocalFixture> CreateAsync(bool allowMissing = false, Func<CancellationToken, Task<SandboxReport>>? probe = null)
    {
        if (probe is null)
        {
            var report = await Sandbox.ProbeAsync(default);
            Assert.SkipUnless(report.IsComplete, $"The sandbox cannot be built here: {report}");
        }

        var directory = new TemporaryDirectory();
        ProbeProgram.WriteTo(directory.Combine("program"));
        var options = new LocalPlatformOptions { ProgramDirectory = directory.Combine("program"), Home = directory.Combine("home"), DangerousAllowMissingLayers = allowMissing };
        return new LocalFixture(new LocalPlatform(options, TimeProvider.System, probe ?? Sandbox.ProbeAsync), directory);
    }

    public async Task<LocalEnclave> StartAsync() => (LocalEnclave)await Platform.StartAsync(null, default);

    public void Dispose()
    {
        Platform.Dispose();
        _directory.Dispose();
    }
}
