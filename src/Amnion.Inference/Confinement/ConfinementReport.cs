using System.Collections.Immutable;
using Amnion.Inference.Confinement;

namespace Amnion.Inference;

/// <summary>Which layers of the worker's confinement hold, each with the reason where one does not.</summary>
/// <param name="Layers">Every layer, in the order of application.</param>
public sealed record ConfinementReport(ImmutableArray<ConfinementLayer> Layers)
{
    /// <summary>No new privileges through exec (prctl PR_SET_NO_NEW_PRIVS), before exec.</summary>
    public const string NoNewPrivileges = "no-new-privileges";

    /// <summary>All capabilities dropped, before exec.</summary>
    public const string Capabilities = "capabilities";

    /// <summary>Landlock: reading and executing in named directories only, writing nowhere; before exec.</summary>
    public const string FileSystem = "file-system";

    /// <summary>Landlock: no TCP bind or connect (ABI 4), before exec. Seccomp denies every socket later.</summary>
    public const string TcpNetwork = "tcp-network";

    /// <summary>Landlock: no abstract sockets of and no signals to other processes (ABI 6), before exec. Seccomp denies both later.</summary>
    public const string Scopes = "scopes";

    /// <summary>No core dump, no file growth, few descriptors, no locked memory; at the worker's start.</summary>
    public const string ResourceLimits = "resource-limits";

    /// <summary>Not dumpable, so no process of the same user can attach or read its memory.</summary>
    public const string NotDumpable = "not-dumpable";

    /// <summary>Seccomp: an allow-list of system calls on all threads, before the model's first byte is read.</summary>
    public const string SystemCalls = "system-calls";

    /// <summary>The weights are a memory file that nobody can change.</summary>
    public const string SealedWeights = "sealed-weights";

    /// <summary>True where every required layer is applied.</summary>
    public bool IsComplete => Layers.All(l => l.State == ConfinementState.Applied || !l.Required);

    /// <summary>What this kernel and process could apply, without starting a worker; for <c>doctor</c>.</summary>
    public static ConfinementReport Detect()
    {
        var landlock = Landlock.DetectVersion(out var landlockReason);
        return new ConfinementReport(
        [
            Layer(NoNewPrivileges, true, null),
            Layer(Capabilities, true, null),
            Layer(FileSystem, true, landlock >= 1 ? null : landlockReason),
            Layer(TcpNetwork, false, landlock >= Landlock.NetworkVersion ? null : landlockReason ?? $"Landlock ABI {landlock}; needs 4"),
            Layer(Scopes, false, landlock >= Landlock.ScopesVersion ? null : landlockReason ?? $"Landlock ABI {landlock}; needs 6"),
            Layer(ResourceLimits, true, null),
            Layer(NotDumpable, true, null),
            Layer(SystemCalls, true, SeccompFilter.WhyUnsupported()),
            Layer(SealedWeights, true, null),
        ]);
    }

    internal static ConfinementLayer Layer(string name, bool required, string? missing) =>
        new(name, missing is null ? ConfinementState.Applied : ConfinementState.Missing, required, missing);
}
