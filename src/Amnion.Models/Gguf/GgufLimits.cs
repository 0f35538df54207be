namespace Amnion.Models.Gguf;

/// <summary>What a GGUF file may ask for. Each is well above what published models need and far below what would exhaust a host.</summary>
public static class GgufLimits
{
    /// <summary>Bytes before the tensor data. Gemma 3's, with 262,144 tokens, are 16 MiB.</summary>
    public const int HeaderBytes = 64 << 20;

    /// <summary>Metadata entries; published models have 20 to 60.</summary>
    public const int MetadataEntries = 1024;

    /// <summary>Bytes of a metadata key (the GGUF specification's own limit is 65,535).</summary>
    public const int KeyBytes = 255;

    /// <summary>Bytes of a string value; the longest published chat template is 30 KiB.</summary>
    public const int StringBytes = 1 << 20;

    /// <summary>Elements of an array; Llama 3's 280,147 merges are the longest known.</summary>
    public const int ArrayElements = 1 << 20;

    /// <summary>Tensors; 512 layers of 16 and some.</summary>
    public const int Tensors = 8448;

    /// <summary>Bytes of a tensor name: ggml's GGML_MAX_NAME is 64 with its NUL.</summary>
    public const int TensorNameBytes = 63;

    /// <summary>Dimensions of a tensor: ggml's GGML_MAX_DIMS.</summary>
    public const int Dimensions = 4;

    /// <summary>The one accepted alignment of tensor data, GGUF's default.</summary>
    public const int Alignment = 32;

    /// <summary>Bytes of one token's text.</summary>
    public const int TokenBytes = 4096;

    /// <summary>Layers: LLAMA_MAX_LAYERS.</summary>
    public const int Layers = 512;

    /// <summary>Width of the residual stream.</summary>
    public const int Embedding = 1 << 16;

    /// <summary>Attention heads.</summary>
    public const int Heads = 1024;

    /// <summary>Width of one attention head.</summary>
    public const int HeadSize = 1024;

    /// <summary>Width of the feed-forward layer.</summary>
    public const int FeedForward = 1 << 20;

    /// <summary>Tokens of context that a model may claim to be trained for.</summary>
    public const int ContextLength = 1 << 24;
}
