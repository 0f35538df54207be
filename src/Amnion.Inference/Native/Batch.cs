using System.Runtime.InteropServices;

namespace Amnion.Inference.Native;

/// <summary>struct llama_batch of llama.cpp v0.5.0, 56 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
unsafe struct Batch
{
    public const int Size = 56;

    public int Count;
    public int* Token;
    public float* Embedding;
    public int* Position;
    public int* SequenceCount;
    public int** Sequence;
    public sbyte* Output;
}
