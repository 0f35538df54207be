using System.Runtime.Versioning;
using Amnion.Attestation;
using Amnion.Cli.Deployment;
using Amnion.Cli.State;
using Amnion.Host.Nitro;
using Amnion.Host.Qemu;

namespace Amnion.Cli.Enclaves;

/// <summary>How an order becomes an enclave, by platform.</summary>
[SupportedOSPlatform("linux")]
static class EnclavePlatforms
{
    /// <summary>The context of every machine under QEMU: each has a back end of its own, so they need not differ.</summary>
    const uint QemuCid = 16;

    /// <summary>What a host can give; for nitro without its driver an error that says so.</summary>
    public static HostCapacity Capacity(string platform) => platform == AttestationPlatform.Qemu
        ? HostCapacity.ReadEmulated()
        : HostCapacity.ReadNitro() ?? throw new CliException(ExitCode.Unsupported, "this machine has no driver for Nitro Enclaves", "use an EC2 instance started with EnclaveOptions.Enabled=true and load the driver: modprobe nitro_enclaves; or pass --platform qemu (emulated)", Host.HostCodes.NitroNoDevice);

    /// <summary>Starts one and waits until it runs.</summary>
    public static async Task<StartedEnclave> StartAsync(AmnionHome home, EnclaveOrder order, EnclaveImageFacts facts, CancellationToken cancellation)
    {
        if (order.Platform == AttestationPlatform.Qemu)
        {
            return await StartQemuAsync(home, order, cancellation).ConfigureAwait(false);
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

    static async Task<StartedEnclave> StartQemuAsync(AmnionHome home, EnclaveOrder order, CancellationToken cancellation)
    {
        var target = EnclaveTarget.Qemu.Open(order.Image);
        var console = order.IsDebug ? new ConsoleFile(Path.Combine(home.Enclaves, order.Name + ".console")) : null;
        QemuPlatform? platform = null;
        try
        {
            platform = new QemuPlatform(
                new QemuPlatformOptions
                {
                    Image = target.Image,
                    Tools = target.Tools,
                    Home = home.Root,
                    MemoryMiB = checked((int)Math.Max(order.MemoryBytes >> 20, QemuMemory.For(new FileInfo(target.Image).Length, 0).Mebibytes)),
                    Processors = order.Cpus,
                    Console = console is null ? null : console.Append,
                },
                TimeProvider.System);
            var enclave = (QemuEnclave)await platform.StartAsync(null, cancellation).ConfigureAwait(false);
            return new StartedEnclave(enclave.ModuleId, QemuCid, [], (long)enclave.MemoryMiB << 20, console?.Location ?? "", enclave.Exited, async () =>
            {
                await enclave.DisposeAsync().ConfigureAwait(false);
                platform.Dispose();
                console?.Dispose();
            });
        }
        catch
        {
            platform?.Dispose();
            console?.Dispose();
            throw;
        }
    }
}
