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

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_folder_that_others_can_write_is_refused(UnixFileMode others)
    {
        var home = new AmnionHome(_folder);
        const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        File.SetUnixFileMode(home.Signers, Own | others);
        var refused = Assert.Throws<CliException>(() => home.Signers);
        Assert.Equal((ExitCode.Internal, CliCodes.NotPrivate), (refused.ExitCode, refused.Code));
        Assert.StartsWith("chmod go-w", refused.Hint, StringComparison.Ordinal);
        File.SetUnixFileMode(home.Root, Own | others);
        Assert.Equal(CliCodes.NotPrivate, Assert.Throws<CliException>(() => new AmnionHome(_folder)).Code);
        File.SetUnixFileMode(home.Root, Own | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        _ = new AmnionHome(_folder);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_secret_that_others_can_use_is_refused(UnixFileMode others)
    {
        var home = new AmnionHome(_folder);
        Signers.Model(home).Dispose();
        _ = Amnion.Cli.Deployment.Tenants.FirstKey(home);
        foreach (var (path, use) in new (string, Action)[] { (Path.Combine(home.Signers, "model.pem"), () => Signers.Model(home)), (home.ApiKey, () => Amnion.Cli.Deployment.Tenants.FirstKey(home)) })
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | others);
            var refused = Assert.Throws<CliException>(use);
            Assert.Equal((ExitCode.Internal, CliCodes.NotPrivate), (refused.ExitCode, refused.Code));
            Assert.StartsWith("chmod 600", refused.Hint, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_public_key_and_a_policy_that_others_can_write_are_refused()
    {
        var home = new AmnionHome(_folder);
        Signers.Model(home).Dispose();
        AmnionHome.WriteSecret(home.CallerPolicy, "{}"u8);
        foreach (var (path, use) in new (string, Action)[] { (Path.Combine(home.Signers, "model.pub.pem"), () => Signers.ModelPublic(home)), (home.CallerPolicy, () => Commands.PolicyFile.Read(null, home)) })
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);
            Assert.Equal(CliCodes.NotPrivate, Assert.Throws<CliException>(use).Code);
        }
    }

    [Fact]
    public void Another_users_folder_is_refused()
    {
        // Only root can give a folder away.
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Skip("needs root, to give a folder to another user");
        }

        Directory.CreateDirectory(_folder);
        using (var chown = System.Diagnostics.Process.Start("chown", ["65534", _folder]))
        {
            chown.WaitForExit();
            Assert.Equal(0, chown.ExitCode);
        }

        var refused = Assert.Throws<CliException>(() => new AmnionHome(_folder));
        Assert.Equal((CliCodes.NotPrivate, true), (refused.Code, refused.Message.Contains("another user (65534)", StringComparison.Ordinal)));
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
