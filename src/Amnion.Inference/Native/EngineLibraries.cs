using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Amnion.Inference.Protocol;

namespace Amnion.Inference.Native;

/// <summary>Loads the pinned engine from one directory, and nothing from anywhere else.</summary>
static unsafe class EngineLibraries
{
    /// <summary>What llama_version() of the pinned build says.</summary>
    public const string PinnedVersion = "0.5.0-dev";

    const string Prefix = "libggml-cpu-";
    const string Suffix = ".so";

    static readonly Dictionary<string, string> FileNames = new(StringComparer.Ordinal)
    {
        [Llama.GgmlBaseLibrary] = "libggml-base.so",
        [Llama.GgmlLibrary] = "libggml.v0.5.0.so",
        [Llama.Library] = "libllama.v0.5.0.so",
    };

    static readonly Dictionary<string, nint> Handles = new(StringComparer.Ordinal);

    static nint backend;
    static string variant = "";

    /// <summary>Loads the libraries, checks the version, and loads the processor variant that scores best here. Once per process.</summary>
    /// <returns>The variant, for instance "haswell".</returns>
    public static string Load(string directory)
    {
        lock (Handles)
        {
            if (Handles.Count == 0)
            {
                LoadOnce(directory);
            }

            return variant;
        }
    }

    /// <summary>A pool of threads that stays for the life of a context; without one ggml starts threads for every evaluation. 0 for one thread.</summary>
    public static nint CreateThreadPool(int threads)
    {
        if (threads == 1)
        {
            return 0;
        }

        ThreadPoolParams parameters;
        Llama.InitializeThreadPoolParams(&parameters, threads);
        // Between two tokens a thread waits awake for about two milliseconds, which spares a small model a wake-up for each; ggml's
        // default of 50 would burn a processor for a tenth of a second after every answer.
        parameters.Poll = 1;
        fixed (byte* name = "ggml_threadpool_new\0"u8)
        {
            var create = (delegate* unmanaged[Cdecl]<ThreadPoolParams*, nint>)Llama.GetBackendFunction(backend, name);
            return create == null ? throw new EngineException(FailureCode.EngineVersionMismatch) : create(&parameters);
        }
    }

    /// <summary>Stops the pool's threads.</summary>
    public static void FreeThreadPool(nint pool)
    {
        fixed (byte* name = "ggml_threadpool_free\0"u8)
        {
            var free = (delegate* unmanaged[Cdecl]<nint, void>)Llama.GetBackendFunction(backend, name);
            if (pool != 0 && free != null)
            {
                free(pool);
            }
        }
    }

    static void LoadOnce(string directory)
    {
        // A failed assertion of ggml forks and runs a debugger on this process unless this is set; the launcher's environment
        // has it, and native code reads that one. Checked here because everything after this line may fail an assertion.
        if (Environment.GetEnvironmentVariable("GGML_NO_BACKTRACE") is null ||
            Unsafe.SizeOf<ModelParams>() != ModelParams.Size || Unsafe.SizeOf<ContextParams>() != ContextParams.Size ||
            Unsafe.SizeOf<Batch>() != Batch.Size || Unsafe.SizeOf<TokenData>() != TokenData.Size ||
            Unsafe.SizeOf<TokenDataArray>() != TokenDataArray.StructSize || Unsafe.SizeOf<ThreadPoolParams>() != ThreadPoolParams.Size)
        {
            throw new EngineException(FailureCode.EngineVersionMismatch);
        }

        // In this order: each finds the ones it needs already loaded.
        foreach (var name in new[] { Llama.GgmlBaseLibrary, Llama.GgmlLibrary, Llama.Library })
        {
            Handles[name] = LoadFile(Path.Combine(directory, FileNames[name]));
        }

        NativeLibrary.SetDllImportResolver(typeof(Llama).Assembly, Resolve);
        if (Marshal.PtrToStringUTF8((nint)Llama.Version()) != PinnedVersion)
        {
            throw new EngineException(FailureCode.EngineVersionMismatch);
        }

        Llama.SetLog(&DropLog, null);
        LoadBackend(directory);
        Llama.InitializeBackend();
    }

    static void LoadBackend(string directory)
    {
        string? best = null;
        var bestScore = 0;
        foreach (var file in Directory.EnumerateFiles(directory, Prefix + "*" + Suffix))
        {
            var handle = LoadFile(file);
            var score = NativeLibrary.TryGetExport(handle, "ggml_backend_score", out var export) ? ((delegate* unmanaged[Cdecl]<int>)export)() : 0;
            NativeLibrary.Free(handle);
            if (score > bestScore)
            {
                bestScore = score;
                best = file;
            }
        }

        if (best is null)
        {
            throw new EngineException(FailureCode.EngineLibrariesMissing);
        }

        fixed (byte* path = Encoding.UTF8.GetBytes(best + '\0'))
        {
            backend = Llama.LoadBackend(path);
        }

        if (backend == 0)
        {
            throw new EngineException(FailureCode.EngineVersionMismatch);
        }

        variant = Path.GetFileName(best)[Prefix.Length..^Suffix.Length];
    }

    static nint LoadFile(string path) =>
        NativeLibrary.TryLoad(path, out var handle) ? handle : throw new EngineException(FailureCode.EngineLibrariesMissing);

    static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => Handles.GetValueOrDefault(name);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void DropLog(int level, byte* text, void* data)
    {
        // The engine's messages may quote the model or a prompt; nothing in the worker may say either.
    }
}
