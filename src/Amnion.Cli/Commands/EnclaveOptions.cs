using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Runtime.Versioning;
using Amnion.Attestation;
using Amnion.Cli.Enclaves;

namespace Amnion.Cli.Commands;

/// <summary>The options that say how an enclave runs, as typed and as handed to the process that holds it.</summary>
[SupportedOSPlatform("linux")]
sealed class EnclaveOptions
{
    /// <summary>Context identifiers below this are nobody's, the host's and the parent instance's.</summary>
    const uint FirstCid = 4;

    public Argument<string> Image { get; } = new("IMAGE") { Description = "An enclave image file (EIF)" };

    public Option<string> Platform { get; } = new("--platform") { Description = "nitro (EC2) or qemu (emulated)", HelpName = "nitro|qemu", Required = true };

    public Option<long?> Memory { get; } = new("--memory") { Description = "Memory in MiB (default: what image and model need)", HelpName = "MIB" };

    public Option<int?> Cpus { get; } = new("--cpus") { Description = "Number of processors, whole cores (default: 2)", HelpName = "N" };

    public Option<int[]> CpuIds { get; } = new("--cpu-ids") { Description = "Exactly these processors of the pool", HelpName = "N", AllowMultipleArgumentsPerToken = true };

    public Option<long?> Cid { get; } = new("--cid") { Description = "vsock context identifier, 4 or more (default: chosen)", HelpName = "N" };

    public Option<string?> Name { get; } = new("--name") { Description = "The enclave's name (default: the file's; _1, _2 … where it is taken)", HelpName = "NAME" };

    public Option<bool> Debug { get; } = new("--debug-console") { Description = "Give it a console; on nitro its registers are then zero and no policy accepts it" };

    /// <summary>All of them, in the order help shows.</summary>
    public IEnumerable<Option> All => [Platform, Memory, Cpus, CpuIds, Cid, Name, Debug];

    /// <summary>The platform.</summary>
    /// <exception cref="CliException">None that runs images.</exception>
    public string PlatformOf(ParseResult parsed) => parsed.GetValue(Platform) is AttestationPlatform.Nitro or AttestationPlatform.Qemu
        ? parsed.GetValue(Platform)!
        : throw new CliException(ExitCode.Malformed, $"--platform \"{parsed.GetValue(Platform)}\" runs no images", "pass --platform nitro or --platform qemu");

    /// <summary>The context identifier; 0 for any.</summary>
    /// <exception cref="CliException">No enclave's.</exception>
    public uint CidOf(ParseResult parsed) => parsed.GetValue(Cid) switch
    {
        null => 0,
        >= FirstCid and < uint.MaxValue and var cid => (uint)cid,
        var cid => throw new CliException(ExitCode.Malformed, $"--cid {cid} cannot be an enclave's", "leave it out, or give 4 or more"),
    };

    /// <summary>The name as asked for, or the file's; not yet made unique.</summary>
    /// <exception cref="CliException">No name.</exception>
    public string NameOf(ParseResult parsed)
    {
        var name = parsed.GetValue(Name) ?? EnclaveRecords.NameOf(parsed.GetValue(Image)!);
        return EnclaveRecords.IsName(name) ? name : throw new CliException(ExitCode.Malformed, $"\"{name}\" cannot be an enclave's name", $"use up to {EnclaveRecords.LongestName} letters, digits, '.', '_' and '-'");
    }

    /// <summary>The order that the holding process gets as arguments.</summary>
    public EnclaveOrder OrderOf(ParseResult parsed)
    {
        ImmutableArray<int> ids = [.. parsed.GetValue(CpuIds) ?? []];
        return new EnclaveOrder(NameOf(parsed), PlatformOf(parsed), Path.GetFullPath(parsed.GetValue(Image)!), checked((parsed.GetValue(Memory) ?? 0) << 20), parsed.GetValue(Cpus) ?? ids.Length, ids, CidOf(parsed), parsed.GetValue(Debug));
    }

    /// <summary>The arguments that <see cref="OrderOf"/> reads back.</summary>
    public static IReadOnlyList<string> Arguments(EnclaveOrder order)
    {
        List<string> arguments = [order.Image, "--platform", order.Platform, "--memory", Text(order.MemoryBytes >> 20), "--cpus", Text(order.Cpus), "--name", order.Name];
        arguments.AddRange(order.CpuIds.SelectMany(id => (string[])["--cpu-ids", Text(id)]));
        if (order.Cid != 0)
        {
            arguments.AddRange(["--cid", Text(order.Cid)]);
        }

        if (order.IsDebug)
        {
            arguments.Add("--debug-console");
        }

        return arguments;
    }

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
