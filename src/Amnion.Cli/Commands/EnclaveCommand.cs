using System.CommandLine;
using System.Runtime.Versioning;

namespace Amnion.Cli.Commands;

/// <summary>`amnion enclave`: runs image files as enclaves, on EC2 or emulated, with nitro-cli's JSON.</summary>
[SupportedOSPlatform("linux")]
static class EnclaveCommand
{
    public static Command Create() => new("enclave", "Run enclave images on EC2 (nitro) or emulated (qemu)")
    {
        Subcommands = { EnclaveRunCommand.Create(), EnclaveListCommand.Create(), EnclaveConsoleCommand.Create(), EnclaveStopCommand.Create(), EnclaveHoldCommand.Create() },
    };
}
