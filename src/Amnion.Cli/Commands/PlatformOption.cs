using System.CommandLine;
using Amnion.Attestation;

namespace Amnion.Cli.Commands;

/// <summary>Where enclaves are started: `--platform` and `--image`, alike on every command that starts one.</summary>
static class PlatformOption
{
    /// <summary>The platforms whose evidence a demonstration can alter.</summary>
    public static Option<string> Create()
    {
        var option = new Option<string>("--platform") { Description = "local: a sandboxed process; qemu: an enclave image under QEMU. Both are EMULATED", HelpName = "local|qemu", DefaultValueFactory = _ => AttestationPlatform.Local };
        option.AcceptOnlyFromAmong(AttestationPlatform.Local, AttestationPlatform.Qemu);
        return option;
    }

    /// <summary>Every platform.</summary>
    public static Option<string> CreateAll()
    {
        var option = new Option<string>("--platform") { Description = "local: a sandboxed process; qemu: an enclave image under QEMU; both are EMULATED. nitro: an enclave image on EC2", HelpName = "local|qemu|nitro", DefaultValueFactory = _ => AttestationPlatform.Local };
        option.AcceptOnlyFromAmong(AttestationPlatform.Local, AttestationPlatform.Qemu, AttestationPlatform.Nitro);
        return option;
    }

    public static Option<string?> CreateImage() => new("--image") { Description = "The enclave image for the platforms qemu and nitro (default: the built one)", HelpName = "FILE.eif" };
}
