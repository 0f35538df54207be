using System.Runtime.InteropServices;

namespace Amnion.Inference.Native;

/// <summary>struct llama_model_params of llama.cpp v0.5.0, 80 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
unsafe struct ModelParams
{
    public const int Size = 80;
    public const int LoadModeMmap = 1;

    public nint* Devices;
    public nint TensorBufferOverrides;
    public int GpuLayers;
    public int SplitMode;
    public int LoadMode;
    public int LazyMode;
    public int MainGpu;
    public float* TensorSplit;
    public nint ProgressCallback;
    public nint ProgressCallbackData;
    public nint MetadataOverrides;
    public byte VocabularyOnly;
    public byte CheckTensors;
    public byte UseExtraBuffers;
    public byte NoHost;
    public byte NoAllocation;
    public byte LoadMtp;
}
