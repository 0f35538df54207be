using System.Collections.Immutable;

namespace Amnion.Inference;

/// <summary>How workers are started and how large they are.</summary>
public sealed record WorkerOptions
{
    /// <summary>Tokens of all sequences together, at most (1 Mi).</summary>
    public const int MaxContextTokens = 1 << 20;

    /// <summary>Sequences at once, at most; llama.cpp's own limit is 256.</summary>
    public const int MaxMaxSequences = 256;

    /// <summary>Tokens in one evaluation, at most.</summary>
    public const int MaxBatchTokens = 65536;

    /// <summary>Threads, at most.</summary>
    public const int MaxThreads = 256;

    /// <summary>The program that runs <see cref="WorkerProgram.Run"/>: an absolute path. By default this program itself.</summary>
    public string Program { get; init; } = Environment.ProcessPath ?? "/proc/self/exe";

    /// <summary>Its arguments, without its name.</summary>
    public ImmutableArray<string> Arguments { get; init; } = ["worker"];

    /// <summary>Where the engine's libraries are: an absolute path.</summary>
    public string EngineDirectory { get; init; } = Path.Combine(AppContext.BaseDirectory, "engine");

    /// <summary>
    /// What the worker may read and execute besides its program's and the engine's directory, as absolute paths: the C library's
    /// directories, the .NET runtime's, and what the runtime reads when it starts.
    /// </summary>
    public ImmutableArray<string> ReadablePaths { get; init; } = DefaultReadablePaths;

    /// <summary>
    /// Tokens of all running sequences together: the size of the key-value cache. With room for <see cref="MaxSequences"/> times
    /// <see cref="SequenceTokens"/> each sequence gets a part of its own, which is faster; with less they share.
    /// </summary>
    public int ContextTokens { get; init; } = 16384;

    /// <summary>Longest prompt and answer together of one sequence. The model's own limit caps it.</summary>
    public int SequenceTokens { get; init; } = 4096;

    /// <summary>Sequences that run at once.</summary>
    public int MaxSequences { get; init; } = 16;

    /// <summary>Tokens in one evaluation; longer prompts are read in chunks. Memory for what an evaluation computes grows with it.</summary>
    public int BatchTokens { get; init; } = 256;

    /// <summary>Longest input to embed, in tokens: it is evaluated at once.</summary>
    public int EmbeddingTokens { get; init; } = 512;

    /// <summary>Threads that evaluate. More than the free processors is slower, not faster.</summary>
    public int Threads { get; init; } = Math.Min(Environment.ProcessorCount, MaxThreads);

    /// <summary>Whether and how embeddings are served.</summary>
    public EmbeddingPooling Pooling { get; init; }

    /// <summary>Start although a required layer of the confinement is missing. The report says which.</summary>
    public bool AllowMissingLayers { get; init; }

    /// <summary>Lets the worker answer confinement probes: attempts at what it must not do. For tests.</summary>
    public bool DangerousAllowProbe { get; init; }

    /// <summary>How long loading may take.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a worker with running requests may be silent before it is killed. It reports at least every second between evaluations.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The C library's and the runtime's directories on common distributions.</summary>
    public static ImmutableArray<string> DefaultReadablePaths { get; } = FindReadablePaths();

    /// <summary>Every problem with these options, each one sentence; empty where they can be used.</summary>
    public ImmutableArray<string> FindProblems()
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        Check(Path.IsPathRooted(Program), "Program must be an absolute path.");
        Check(Path.IsPathRooted(EngineDirectory), "EngineDirectory must be an absolute path.");
        Check(!Arguments.IsDefault && !Arguments.Any(a => a.Contains('\0', StringComparison.Ordinal)), "Arguments must not hold NUL.");
        Check(!ReadablePaths.IsDefault && ReadablePaths.All(Path.IsPathRooted), "ReadablePaths must be absolute paths.");
        Check(ContextTokens is >= 1 and <= MaxContextTokens, $"ContextTokens must be 1 to {MaxContextTokens}.");
        Check(SequenceTokens >= 1 && SequenceTokens <= ContextTokens, "SequenceTokens must be 1 to ContextTokens.");
        Check(MaxSequences is >= 1 and <= MaxMaxSequences, $"MaxSequences must be 1 to {MaxMaxSequences}.");
        Check(BatchTokens is >= 1 and <= MaxBatchTokens && BatchTokens >= MaxSequences, $"BatchTokens must be MaxSequences to {MaxBatchTokens}.");
        Check(EmbeddingTokens is >= 1 and <= MaxBatchTokens && EmbeddingTokens >= MaxSequences, $"EmbeddingTokens must be MaxSequences to {MaxBatchTokens}.");
        Check(Threads is >= 1 and <= MaxThreads, $"Threads must be 1 to {MaxThreads}.");
        Check(Enum.IsDefined(Pooling), "Pooling is not a known value.");
        Check(StartTimeout > TimeSpan.Zero, "StartTimeout must be positive.");
        Check(StallTimeout > TimeSpan.Zero, "StallTimeout must be positive.");
        return problems.ToImmutable();

        void Check(bool holds, string problem)
        {
            if (!holds)
            {
                problems.Add(problem);
            }
        }
    }

    /// <summary>The .NET installation that a framework-dependent program runs on, or null where the runtime comes with the program.</summary>
    internal static string? DotnetRoot { get; } = FindDotnetRoot();

    static string? FindDotnetRoot()
    {
        // ROOT/shared/NAME/VERSION/ holds System.Private.CoreLib.
        var root = Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        return Directory.Exists(Path.Combine(root, "host", "fxr")) ? root : null;
    }

    static ImmutableArray<string> FindReadablePaths()
    {
        var paths = ImmutableArray.CreateBuilder<string>();
        paths.AddRange("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/proc", "/sys/fs/cgroup", "/sys/devices/system");
        if (FindDotnetRoot() is { } root)
        {
            paths.Add(root);
        }

        return paths.ToImmutable();
    }
}
