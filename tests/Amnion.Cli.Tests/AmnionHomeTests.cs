using Amnion.Cli.State;

namespace Amnion.Cli.Tests;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class AmnionHomeTests : IDisposable
{
    readonly string _folder = Path.Combine(Path.GetTempPath(), "amnion-home-" + Guid.NewGuid());

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Folders_and_secrets_are_for_the_owner_only()
    {
        var home = new AmnionHome(_folder);
        var path = home.Path("secret");
        AmnionHome.WriteSecret(path, "x"u8);
        AmnionHome.WriteSecret(path, "y"u8);
        Assert.Equal("y", File.ReadAllText(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(home.Broker));
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_process_id_that_was_reused_is_not_taken_for_the_daemon()
    {
        var home = new AmnionHome(_folder);
        DaemonState.WriteReady(home, "broker", new Uri("http://127.0.0.1:1/"));
        Assert.True(DaemonState.Find(home, "broker")!.IsRunning);
        Assert.False((DaemonState.Find(home, "broker")! with { StartedTicks = 1 }).IsRunning);
        Assert.Null(DaemonState.Find(home, "proxy"));
    }

    [Fact]
    public void A_half_written_daemon_file_counts_as_none()
    {
        var home = new AmnionHome(_folder);
        File.WriteAllText(Path.Combine(home.Run, "host.json"), "{\"format\":");
        Assert.Null(DaemonState.Find(home, "host"));
    }
}
