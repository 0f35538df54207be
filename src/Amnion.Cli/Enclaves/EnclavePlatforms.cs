using System.Runtime.Versioning;
using Amnion.Attestation;
using Amnion.Cli.State;
using Amnion.Host.Nitro;

namespace Amnion.Cli.Enclaves;

/// <summary>How an order becomes an enclave, by platform.</summary>
[SupportedOSPlatform("linux")]
static class EnclavePlatforms
{
    /// <summary>The platforms that run images.</summary>
    public static IReadOnlyList<string> Names { get; } = [AttestationPlatform.Nitro, AttestationPlatform.Qemu];

    /// <summary>What a host can give; for nitro without its driver an error that says so.</summary>
    public static HostCapacity Capacity(string platform) => platform == AttestationPlatform.Qemu
        ? HostCapacity.ReadEmulated()
        : HostCapacity.ReadNitro() ?? throw new CliException(ExitCode.Unsupported, "this machine has no driver for Nitro Enclaves", "use an EC2 instance started with EnclaveOptions.Enabled=true and load the driver: modprobe nitro_enclaves; or pass --platform qemu (emulated)", Host.HostCodes.NitroNoDevice);

    /// <summary>Starts one and waits until it runs.</summary>
    public static async Task<StartedEnclave> StartAsync(AmnionHome home, EnclaveOrder order, EnclaveImageFacts facts, CancellationToken cancellation)
    {
        if (order.Platform == AttestationPlatform.Qemu)
        {
            throw new CliException(ExitCode.Unsupported, $"this build runs no images under QEMU ({home.Root})", "pass --platform nitro on EC2");
        }

        var platform = new NitroPlatform(
            new NitroPlatformOptions
            {
                Image = order.Image,
                MemoryBytes = order.MemoryBytes,
                Cpus = order.Cpus,
                CpuIds = order.CpuIds,
                Cid = order.Cid,
                Node = HostCapacity.ReadNitro()?.Node,
                DangerousDebugMode = order.IsDebug,
                Registers = facts.Registers,

                // As nitro-cli: the kernel's heartbeat is enough, whatever serves inside.
                RequireEndpoint = false,
            },
            TimeProvider.System);
        var enclave = (NitroEnclave)await platform.StartAsync(null, cancellation).ConfigureAwait(false);
        return new StartedEnclave(enclave.ModuleId, enclave.Cid, enclave.CpuIds, enclave.MemoryBytes, "", enclave.Exited, enclave.DisposeAsync);
    }
}
