using System.CommandLine;
using System.Runtime.Versioning;

namespace Amnion.Cli.Commands;

/// <summary>Commands that run enclaves or the broker. Elsewhere they stay listed and say where they run.</summary>
static class LinuxCommands
{
    static readonly string[] s_names = ["demo", "up", "down", "chat", "model", "image", "enclave", "deploy", "key", "tenant", "serve"];

    public static IEnumerable<Command> Create() => OperatingSystem.IsLinux() ? Real() : s_names.Select(Elsewhere);

    [SupportedOSPlatform("linux")]
    static IEnumerable<Command> Real() =>
    [
        DemoCommand.Create(), UpCommand.Create(), DownCommand.Create(), ChatCommand.Create(),
        ModelCommand.Create(), ImageCommand.Create(), EnclaveCommand.Create(), DeployCommand.Create(), KeyCommand.Create(), TenantCommand.Create(), ServeCommand.Create(),
    ];

    static Command Elsewhere(string name) => new Command(name, "Runs on Linux") { TreatUnmatchedTokensAsErrors = false }.Runs((_, _, _) =>
        throw new CliException(ExitCode.Unsupported, $"amnion {name} runs on Linux only", "verify, receipt, proxy and doctor work here"));
}
