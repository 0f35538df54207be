namespace Amnion.Inference.Pool;

/// <summary>The environment of a worker: nothing of the parent's but where the runtime is.</summary>
static class WorkerEnvironment
{
    public static IReadOnlyList<string> Build()
    {
        List<string> variables =
        [
            "LANG=C",
            // ggml's assertions would fork and run a debugger on the process.
            "GGML_NO_BACKTRACE=1",
            // Freed native memory is overwritten, small pieces too: prompts pass through the tokenizer's strings.
            "GLIBC_TUNABLES=glibc.malloc.perturb=165:glibc.malloc.tcache_count=0",
            // No diagnostics port, no server or background collector, no profile data: fewer threads and no sockets.
            "DOTNET_EnableDiagnostics=0",
            "DOTNET_gcServer=0",
            "DOTNET_gcConcurrent=0",
            "DOTNET_TieredPGO=0",
            "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1",
            // The managed heap of a worker holds frames and tokens; the engine's memory is not part of it.
            "DOTNET_GCHeapHardLimit=0x10000000",
        ];
        if (WorkerOptions.DotnetRoot is { } root)
        {
            variables.Add($"DOTNET_ROOT={root}");
        }

        return variables;
    }
}
