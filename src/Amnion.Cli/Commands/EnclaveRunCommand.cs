using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Amnion.Attestation;
using Amnion.Cli.Deployment;
using Amnion.Cli.Enclaves;
using Amnion.Cli.State;
using Amnion.Cli.Terminal;
using Amnion.Host.Nitro;
using Amnion.Images;

namespace Amnion.Cli.Commands;

/// <summary>`amnion enclave run IMAGE`: works out memory and processors, starts a process that holds the enclave, and returns when it runs.</summary>
[SupportedOSPlatform("linux")]
static class EnclaveRunCommand
{
    /// <summary>Longer than any boot may take: the holder itself gives up earlier, with a reason.</summary>
    static readonly TimeSpan s_limit = TimeSpan.FromHours(1);

    public static Command Create()
    {
        var options = new EnclaveOptions();
        var sizing = new EnclaveSizing();
        var command = new Command("run", "Run an image as an enclave") { Arguments = { options.Image } };
        foreach (var option in options.All.Concat(sizing.All))
        {
            command.Options.Add(option);
        }

        return command.Runs(async (parsed, output, cancellation) =>
        {
            var platform = options.PlatformOf(parsed);
            var facts = EnclaveImageFacts.Read(parsed.GetValue(options.Image)!, TimeProvider.System.GetUtcNow());
            CheckArchitecture(platform, facts);
            var home = AmnionHome.Open();
            var records = new EnclaveRecords(home);
            var ids = parsed.GetValue(options.CpuIds) ?? [];
            var request = sizing.RequestOf(parsed, platform, facts);
            var resources = EnclaveResources.Compute(
                request with
                {
                    MemoryMebibytes = parsed.GetValue(options.Memory) ?? request.MemoryMebibytes,
                    Cpus = parsed.GetValue(options.Cpus) ?? (ids.Length > 0 ? null : request.Cpus),
                    CpuIds = [.. ids],
                    CpusInUse = [.. records.All().Where(record => record.Platform == platform).SelectMany(record => record.CpuIds)],
                },
                EnclavePlatforms.Capacity(platform));
            var wanted = options.NameOf(parsed);
            if (platform == AttestationPlatform.Qemu && (ids.Length > 0 || options.CidOf(parsed) != 0))
            {
                throw new CliException(ExitCode.Malformed, "--cpu-ids and --cid are for the platform nitro: a machine under QEMU has processors and a context of its own", "leave them out", CliCodes.PlatformOptions);
            }

            var order = new EnclaveOrder(records.FreeName(wanted), platform, facts.Path, resources.MemoryBytes, resources.Cpus, resources.CpuIds, options.CidOf(parsed), parsed.GetValue(options.Debug));
            Announce(output, order, wanted, resources);
            return Show(output, await StartAsync(home, order, output, cancellation).ConfigureAwait(false));
        });
    }

    static void CheckArchitecture(string platform, EnclaveImageFacts facts)
    {
        var mine = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? ImageArchitecture.Arm64 : ImageArchitecture.X64;
        var runs = platform == AttestationPlatform.Qemu ? ImageArchitecture.X64 : mine;
        if (facts.Architecture != runs)
        {
            throw new CliException(ExitCode.Unsupported, $"the image is for {facts.ArchitectureName}, and {platform} runs {(runs == ImageArchitecture.Arm64 ? "aarch64" : "x86_64")} here", "build it for this processor, or run it on an instance of its own", CliCodes.ImageArchitecture);
        }
    }

    static void Announce(Output output, EnclaveOrder order, string wanted, EnclaveResources resources)
    {
        foreach (var line in resources.Explain())
        {
            output.Note(line);
        }

        if (order.Name != wanted)
        {
            output.Note($"an enclave named \"{wanted}\" runs already; this one is \"{order.Name}\"");
        }

        if (AttestationPlatform.IsEmulated(order.Platform))
        {
            output.Note(CheckListing.Emulated);
        }

        if (order.IsDebug && order.Platform == AttestationPlatform.Nitro)
        {
            output.Note("debug enclave: its registers are zero, so no policy accepts it and no key is released to it");
        }
    }

    static async Task<EnclaveRecord> StartAsync(AmnionHome home, EnclaveOrder order, Output output, CancellationToken cancellation)
    {
        var daemon = EnclaveHoldCommand.DaemonOf(order.Name);
        try
        {
            _ = await Daemons.StartAsync(home, daemon, ["enclave", "hold", .. EnclaveOptions.Arguments(order)], s_limit, output.Note, cancellation).ConfigureAwait(false);
            return new EnclaveRecords(home).Find(order.Name) ?? throw new CliException(ExitCode.Internal, $"the enclave \"{order.Name}\" ended as soon as it ran", $"see {Path.Combine(home.Run, daemon + ".log")}", CliCodes.NotReady);
        }
        catch
        {
            // boundary: a start that failed or was interrupted leaves no process behind.
            if (new EnclaveRecords(home).Find(order.Name) is { } left)
            {
                _ = await left.Process.EndAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    static int Show(Output output, EnclaveRecord record)
    {
        if (output.Json)
        {
            output.Object(record.WriteRun);
            return ExitCode.Accepted;
        }

        output.Line(string.Create(CultureInfo.InvariantCulture, $"{record.Name} runs: {record.Id}, context {record.Cid}, {record.Cpus} processors, {record.MemoryMebibytes} MiB"));
        output.Line($"# amnion enclave stop {record.Name} ends it{(record.IsDebug ? $"; amnion enclave console {record.Name} shows its console" : "")}");
        return ExitCode.Accepted;
    }
}
