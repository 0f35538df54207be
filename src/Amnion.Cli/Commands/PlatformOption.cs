using System.CommandLine;
using Amnion.Attestation;

namespace Amnion.Cli.Commands;

/// <summary>Where enclaves are started: `--platform` and `--image`, alike on every command that starts one.</summary>
static class PlatformOption
{
    public static Option<string> Create()
    {
        var option = new Option<string>("--platform") { Description = "local: a sandboxed process; qemu: an enclave image under QEMU. Both are EMULATED", HelpName = "local|qemu", DefaultValueFactory = _ => AttestationPlatform.Local };
        option.AcceptOnlyFromAmong(AttestationPlatform.Local, AttestationPlatform.Qemu);
        return option;
    }

    public static Option<string?> CreateImage() => new("--image") { Description = "The enclave image for the platform qemu (default: the built one)", HelpName = "FILE.eif" };
}
