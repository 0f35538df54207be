using System.Security.Cryptography;
using Amnion.Inference;

namespace Amnion.Enclave.Weights;

/// <summary>A file of the model in an anonymous memory file, as the workers of this program take it.</summary>
sealed class MemoryWeights(WeightsMemory memory) : IWeightsFile
{
    // Bytes that are zeroed at a time.
    const int Step = 1 << 20;

    /// <summary>The memory file.</summary>
    public WeightsMemory Memory => memory;

    public void Write(long offset, ReadOnlySpan<byte> bytes) => memory.Write(offset, bytes);

    public void Read(long offset, Span<byte> bytes) => memory.Window(offset, bytes.Length).CopyTo(bytes);

    public void Seal() => memory.Seal();

    public void Erase()
    {
        // Sealed memory cannot be written any more; the kernel clears its pages when the last mapping is gone. Pages that were never
        // written are left alone: zeroing would allocate them.
        for (long offset = 0; !memory.IsSealed && offset < memory.Written; offset += Step)
        {
            CryptographicOperations.ZeroMemory(memory.Window(offset, (int)Math.Min(Step, memory.Written - offset)));
        }

        memory.Dispose();
    }

    public void Dispose() => memory.Dispose();
}
