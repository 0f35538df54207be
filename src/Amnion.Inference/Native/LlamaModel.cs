using System.Runtime.InteropServices;
using System.Text;
using Amnion.Inference.Linux;
using Amnion.Inference.Protocol;

namespace Amnion.Inference.Native;

/// <summary>A loaded model.</summary>
sealed unsafe class LlamaModel : SafeHandle
{
    const int MaxDescription = 128;

    LlamaModel(nint model)
        : base(0, ownsHandle: true)
    {
        SetHandle(model);
        Vocabulary = new Vocabulary(Llama.GetVocabulary(model));
    }

    public override bool IsInvalid => handle == 0;

    public nint Pointer => handle;

    public Vocabulary Vocabulary { get; }

    public int TrainedContextTokens => Llama.TrainedContextTokens(handle);

    public int EmbeddingLength => Llama.EmbeddingLength(handle);

    public long Parameters => (long)Math.Min(Llama.Parameters(handle), long.MaxValue);

    /// <summary>The engine's description, cut to printable ASCII.</summary>
    public string Description
    {
        get
        {
            var buffer = stackalloc byte[MaxDescription];
            var length = Math.Clamp(Llama.Describe(handle, buffer, MaxDescription), 0, MaxDescription - 1);
            var text = Encoding.ASCII.GetString(buffer, length);
            return string.Create(text.Length, text, static (span, source) =>
            {
                for (var i = 0; i < span.Length; i++)
                {
                    span[i] = source[i] is >= ' ' and <= '~' ? source[i] : '?';
                }
            });
        }
    }

    /// <summary>
    /// Maps a sealed memory file: one copy of the weights however many workers. Repacking (use_extra_bufts) would make a
    /// second one, so it is off; F16 and Q8_0 lose nothing by it.
    /// </summary>
    public static LlamaModel Load(int weights)
    {
        if (!WeightsMemory.HasSeals(weights))
        {
            throw new EngineException(FailureCode.WeightsNotSealed);
        }

        nint file;
        fixed (byte* mode = "rb\0"u8)
        {
            file = Libc.FileOpen(weights, mode);
        }

        if (file == 0)
        {
            throw new EngineException(FailureCode.ModelRejected);
        }

        try
        {
            var parameters = Llama.DefaultModelParams();
            // A drifted layout would show here first: the pinned build's defaults are known.
            if (parameters.VocabularyOnly != 0 || parameters.UseExtraBuffers != 1 || parameters.CheckTensors != 0)
            {
                throw new EngineException(FailureCode.EngineVersionMismatch);
            }

            parameters.GpuLayers = 0;
            parameters.LoadMode = ModelParams.LoadModeMmap;
            parameters.CheckTensors = 1;
            parameters.UseExtraBuffers = 0;
            var model = Llama.LoadModel(file, parameters);
            return model == 0 ? throw new EngineException(FailureCode.ModelRejected) : new LlamaModel(model);
        }
        finally
        {
            // The mapping stays; the descriptor is not needed any more.
            _ = Libc.FileClose(file);
        }
    }

    protected override bool ReleaseHandle()
    {
        Llama.FreeModel(handle);
        return true;
    }
}
