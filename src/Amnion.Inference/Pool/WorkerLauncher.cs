using Amnion.Inference.Confinement;
using Amnion.Inference.Linux;

namespace Amnion.Inference.Pool;

/// <summary>
/// Starts a worker already confined. Restrictions of a thread pass to what it starts and to nothing else, so a thread made
/// for this one spawn takes them on, spawns, and ends; the parent's other threads never have them.
/// </summary>
static class WorkerLauncher
{
    /// <summary>Starts the program and gives the near end of its socket.</summary>
    /// <exception cref="InferenceException">It could not be started, or a required layer is missing.</exception>
    public static LaunchedWorker Launch(WorkerOptions options, WeightsMemory weights)
    {
        var layers = new List<ConfinementLayer>();
        var version = Landlock.DetectVersion(out var whyNoLandlock);
        var whyNoSeccomp = SeccompFilter.WhyUnsupported();
        if (!options.AllowMissingLayers && (whyNoLandlock ?? whyNoSeccomp) is { } why)
        {
            throw new InferenceException(InferenceCodes.ConfinementMissing, $"Workers cannot be confined: {why}.");
        }

        using var model = weights.OpenForWorker();
        var (near, far) = UnixChannel.CreatePair();
        using (far)
        {
            try
            {
                using var ruleset = version >= 1 ? Landlock.Create(version, ReadablePaths(options)) : null;
                using var plan = new SpawnPlan(options, far, model, ruleset);
                RunSpawner(plan);
                if (plan.SpawnErrno != 0)
                {
                    throw new InferenceException(InferenceCodes.WorkerStartFailed, $"posix_spawn of the worker failed with errno {plan.SpawnErrno}.");
                }

                layers.Add(ConfinementReport.Layer(ConfinementReport.NoNewPrivileges, true, Reason("prctl", plan.NoNewPrivilegesErrno)));
                layers.Add(ConfinementReport.Layer(ConfinementReport.Capabilities, true, Reason("capset", plan.CapabilitiesErrno)));
                var landlock = whyNoLandlock ?? Reason("landlock_restrict_self", plan.LandlockErrno);
                layers.Add(ConfinementReport.Layer(ConfinementReport.FileSystem, true, landlock));
                layers.Add(ConfinementReport.Layer(ConfinementReport.TcpNetwork, false, landlock ?? (version >= Landlock.NetworkVersion ? null : $"Landlock ABI {version}; needs 4")));
                layers.Add(ConfinementReport.Layer(ConfinementReport.Scopes, false, landlock ?? (version >= Landlock.ScopesVersion ? null : $"Landlock ABI {version}; needs 6")));
                return new LaunchedWorker(new SpawnedProcess(plan.ProcessId), new UnixChannel(near), layers);
            }
            catch
            {
                near.Dispose();
                throw;
            }
        }
    }

    static IEnumerable<string> ReadablePaths(WorkerOptions options)
    {
        // Landlock looks at where a program is, not at the link that names it.
        var program = File.ResolveLinkTarget(options.Program, returnFinalTarget: true)?.FullName ?? options.Program;
        return options.ReadablePaths.Append(Path.GetDirectoryName(program)!).Append(options.EngineDirectory);
    }

    static string? Reason(string call, int errno) => errno == 0 ? null : $"{call} failed with errno {errno}";

    static void RunSpawner(SpawnPlan plan)
    {
        var thread = new Thread(plan.Execute, maxStackSize: 512 * 1024) { IsBackground = true, Name = "worker spawner" };
        thread.Start();
        thread.Join();
    }
}
