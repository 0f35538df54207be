using System.Runtime.InteropServices;
using Amnion.Inference.Native;

namespace Amnion.Inference.Worker;

/// <summary>The arrays behind a batch, allocated once.</summary>
sealed unsafe class NativeBatch : IDisposable
{
    readonly int* tokens;
    readonly int* positions;
    readonly int* counts;
    readonly int* sequences;
    readonly int** sequencePointers;
    readonly sbyte* outputs;
    bool disposed;

    public NativeBatch(int capacity)
    {
        Capacity = capacity;
        tokens = Allocate(capacity);
        positions = Allocate(capacity);
        counts = Allocate(capacity);
        sequences = Allocate(capacity);
        sequencePointers = (int**)NativeMemory.AllocZeroed((nuint)capacity, (nuint)sizeof(nint));
        outputs = (sbyte*)NativeMemory.AllocZeroed((nuint)capacity);
        for (var i = 0; i < capacity; i++)
        {
            counts[i] = 1;
            sequencePointers[i] = sequences + i;
        }
    }

    public int Capacity { get; }

    public int Count { get; private set; }

    public int Free => Capacity - Count;

    public Batch Value => new()
    {
        Count = Count,
        Token = tokens,
        Position = positions,
        SequenceCount = counts,
        Sequence = sequencePointers,
        Output = outputs,
    };

    public void Clear() => Count = 0;

    /// <summary>Adds a token; its place in the batch is returned.</summary>
    public int Add(int token, int position, int sequence, bool output)
    {
        var at = Count++;
        tokens[at] = token;
        positions[at] = position;
        sequences[at] = sequence;
        outputs[at] = output ? (sbyte)1 : (sbyte)0;
        return at;
    }

    /// <summary>Zeroes the tokens.</summary>
    public void Wipe() => new Span<int>(tokens, Capacity).Clear();

    public void Dispose()
    {
        if (!disposed)
        {
            disposed = true;
            NativeMemory.Free(tokens);
            NativeMemory.Free(positions);
            NativeMemory.Free(counts);
            NativeMemory.Free(sequences);
            NativeMemory.Free(sequencePointers);
            NativeMemory.Free(outputs);
        }
    }

    static int* Allocate(int count) => (int*)NativeMemory.AllocZeroed((nuint)count, sizeof(int));
}
