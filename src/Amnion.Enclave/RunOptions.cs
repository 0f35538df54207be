using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Amnion.Enclave.Workload;

namespace Amnion.Enclave;

/// <summary>What the launcher tells the program: where to listen, where the security module is, and on which platform it runs.</summary>
/// <param name="Socket">Path of the Unix socket to listen on, or null where a listening one is inherited.</param>
/// <param name="ListenDescriptor">Inherited descriptor of a listening socket, or null where a path is given.</param>
/// <param name="NsmDescriptor">Inherited descriptor of the emulated security module.</param>
/// <param name="Platform">"local" or "qemu": platforms that are no security boundary. (On "nitro" the module is a device.)</param>
/// <param name="Workload">The foreign server that waits beside the program, or null where the engine is the program's own.</param>
sealed record RunOptions(string? Socket, int? ListenDescriptor, int NsmDescriptor, string Platform, WorkloadOptions? Workload = null)
{
    /// <summary>Parses "(--socket PATH | --listen-fd N) --nsm-fd N [--platform local|qemu]" and the workload's three; every option at most once.</summary>
    public static bool TryParse(string[] arguments, [NotNullWhen(true)] out RunOptions? options)
    {
        options = null;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            if (arguments[i] is not ("--socket" or "--listen-fd" or "--nsm-fd" or "--platform" or WorkloadOptions.Start or WorkloadOptions.Weights or WorkloadOptions.ListenPort) || !values.TryAdd(arguments[i], arguments[i + 1]))
            {
                return false;
            }
        }

        var listen = Descriptor(values, "--listen-fd");
        var module = Descriptor(values, "--nsm-fd");
        var socket = values.GetValueOrDefault("--socket");
        var platform = values.GetValueOrDefault("--platform", "local");
        WorkloadOptions? workload = null;
        var complete = arguments.Length % 2 == 0
            && module is >= 0
            && values.ContainsKey("--listen-fd") != values.ContainsKey("--socket")
            && (socket is not null || listen is >= 0)
            && (platform is "local" or "qemu")
            && WorkloadOptions.TryRead(values, out workload);
        options = complete ? new RunOptions(socket, listen, module!.Value, platform, workload) : null;
        return complete;
    }

    static int? Descriptor(Dictionary<string, string> values, string name) =>
        int.TryParse(values.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var descriptor) ? descriptor : null;
}
