using System.Runtime.InteropServices;
using Amnion.Inference.Native;

namespace Amnion.Inference.Worker;

/// <summary>One buffer of candidates, as long as the vocabulary, that all sequences use in turn.</summary>
sealed unsafe class Candidates : IDisposable
{
    readonly int[] suppressed;
    TokenData* data;

    public Candidates(Vocabulary vocabulary)
    {
        Size = vocabulary.Size;
        suppressed = vocabulary.Suppressed.ToArray();
        data = (TokenData*)NativeMemory.AllocZeroed((nuint)Size, TokenData.Size);
    }

    public int Size { get; }

    /// <summary>All tokens with their logits.</summary>
    public TokenDataArray Fill(float* logits)
    {
        for (var i = 0; i < Size; i++)
        {
            data[i] = new TokenData { Id = i, Logit = logits[i] };
        }

        foreach (var token in suppressed)
        {
            if ((uint)token < (uint)Size)
            {
                data[token].Logit = float.NegativeInfinity;
            }
        }

        return new TokenDataArray { Data = data, Size = (nuint)Size, Selected = -1 };
    }

    public void Dispose()
    {
        NativeMemory.Free(data);
        data = null;
    }
}
