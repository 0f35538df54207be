using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Amnion.Enclave.Workload;

namespace Amnion.Enclave;

/// <summary>
/// What the launcher tells the program: where to listen, where the security module is, and, where the module is emulated outside the
/// sandbox, on which platform it runs. With a device nobody says so: its documents do.
/// </summary>
sealed record RunOptions
{
    /// <summary>Path of the Unix socket to listen on, or null where a listening one is inherited.</summary>
    public string? Socket { get; init; }

    /// <summary>Inherited descriptor of a listening Unix socket.</summary>
    public int? ListenDescriptor { get; init; }

    /// <summary>Inherited descriptor of a listening vsock socket.</summary>
    public int? VsockDescriptor { get; init; }

    /// <summary>Inherited descriptor of the security module: a connected socket, or the open device.</summary>
    public required int NsmDescriptor { get; init; }

    /// <summary>True for the device /dev/nsm.</summary>
    public bool NsmIsDevice { get; init; }

    /// <summary>"local" or "qemu", platforms that are no security boundary; null with a device.</summary>
    public string? Platform { get; init; }

    /// <summary>The image configuration's file; null for the usual place, where it need not exist.</summary>
    public string? Image { get; init; }

    /// <summary>The foreign server that waits beside the program, or null where nobody names one: an image has the usual descriptors then.</summary>
    public WorkloadOptions? Workload { get; init; }

    /// <summary>
    /// Parses "(--socket PATH | --listen-fd N) --nsm-fd N [--platform local|qemu]" or "--nsm-device N --vsock-fd N", both with
    /// [--image FILE] and the workload's three; every option at most once.
    /// </summary>
    public static bool TryParse(string[] arguments, [NotNullWhen(true)] out RunOptions? options)
    {
        options = null;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            if (arguments[i] is not ("--socket" or "--listen-fd" or "--nsm-fd" or "--nsm-device" or "--vsock-fd" or "--platform" or "--image" or WorkloadOptions.Start or WorkloadOptions.Weights or WorkloadOptions.ListenPort) || !values.TryAdd(arguments[i], arguments[i + 1]))
            {
                return false;
            }
        }

        if (arguments.Length % 2 == 0
            && WorkloadOptions.TryRead(values, out var workload)
            && (values.ContainsKey("--nsm-device") ? OnDevice(values) : Emulated(values)) is { } read)
        {
            options = read with { Workload = workload };
        }

        return options is not null;
    }

    static RunOptions? OnDevice(Dictionary<string, string> values) =>
        Descriptor(values, "--nsm-device") is { } module && Descriptor(values, "--vsock-fd") is { } listen && !values.Keys.Any(name => name is "--socket" or "--listen-fd" or "--nsm-fd" or "--platform")
            ? new RunOptions { VsockDescriptor = listen, NsmDescriptor = module, NsmIsDevice = true, Image = values.GetValueOrDefault("--image") }
            : null;

    static RunOptions? Emulated(Dictionary<string, string> values)
    {
        var listen = Descriptor(values, "--listen-fd");
        var socket = values.GetValueOrDefault("--socket");
        var platform = values.GetValueOrDefault("--platform", "local");
        return Descriptor(values, "--nsm-fd") is { } module
            && !values.ContainsKey("--vsock-fd")
            && values.ContainsKey("--listen-fd") != values.ContainsKey("--socket")
            && (socket is not null || listen is not null)
            && (platform is "local" or "qemu")
            ? new RunOptions { Socket = socket, ListenDescriptor = listen, NsmDescriptor = module, Platform = platform, Image = values.GetValueOrDefault("--image") }
            : null;
    }

    static int? Descriptor(Dictionary<string, string> values, string name) =>
        int.TryParse(values.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var descriptor) ? descriptor : null;
}
