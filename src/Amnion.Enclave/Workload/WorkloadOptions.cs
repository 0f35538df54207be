using System.Globalization;
using Amnion.Records;

namespace Amnion.Enclave.Workload;

/// <summary>What the launcher tells the program about a foreign server that waits beside it, in a root of its own.</summary>
/// <param name="StartDescriptor">Inherited write end of the pipe whose first byte starts the server.</param>
/// <param name="WeightsDescriptor">Inherited descriptor of the directory in memory that the server sees as /run/amnion.</param>
/// <param name="Port">Port on 127.0.0.1 on which the server will listen; null where the image says so.</param>
sealed record WorkloadOptions(int StartDescriptor, int WeightsDescriptor, int? Port)
{
    public const string Start = "--workload-start-fd";
    public const string Weights = "--workload-weights-fd";
    public const string ListenPort = "--workload-port";

    // Standard input, output and error; two options cannot name one descriptor.
    const int FirstDescriptor = 3;

    // docs/specs/workload-engine.md §1.
    const int InheritedStart = 5;
    const int InheritedWeights = 6;

    /// <summary>What PID 1 of an image gives the program beside a workload, said or not: descriptors 5 and 6. Null where the image has none.</summary>
    public static WorkloadOptions? OfImage(string directory) => WorkloadImage.HasWorkload(directory) ? new WorkloadOptions(InheritedStart, InheritedWeights, null) : null;

    /// <summary>Takes both descriptors, and a port if there is one; or none of them.</summary>
    public static bool TryRead(IReadOnlyDictionary<string, string> values, out WorkloadOptions? options)
    {
        options = null;
        if (!values.ContainsKey(Start) && !values.ContainsKey(Weights) && !values.ContainsKey(ListenPort))
        {
            return true;
        }

        var port = Number(values, ListenPort);
        if (Number(values, Start) is not { } start || Number(values, Weights) is not { } weights || (port is null && values.ContainsKey(ListenPort)))
        {
            return false;
        }

        options = new WorkloadOptions(start, weights, port);
        return start >= FirstDescriptor && weights >= FirstDescriptor && start != weights && (port is null or (>= WorkloadSettings.FirstPort and <= ushort.MaxValue));
    }

    static int? Number(IReadOnlyDictionary<string, string> values, string name) =>
        int.TryParse(values.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
