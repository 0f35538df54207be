using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Amnion.Inference.Native;

/// <summary>struct ggml_threadpool_params of ggml 0.25.1, 528 bytes (GGML_MAX_N_THREADS is 512).</summary>
[StructLayout(LayoutKind.Sequential)]
struct ThreadPoolParams
{
    public const int Size = 528;

    public CpuMask Mask;
    public int Threads;
    public int Priority;
    public uint Poll;
    public byte StrictCpu;
    public byte Paused;

    /// <summary>bool[512]; all zero is the default affinity.</summary>
    [InlineArray(512)]
    public struct CpuMask
    {
        byte first;
    }
}
