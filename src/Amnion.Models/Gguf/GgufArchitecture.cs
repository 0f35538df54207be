using System.Collections.Immutable;

namespace Amnion.Models.Gguf;

/// <summary>A model architecture that is accepted, and what distinguishes its tensors (llama.cpp v0.5.0, src/models).</summary>
public sealed record GgufArchitecture
{
    /// <summary>Llama, and Mistral as converted to it.</summary>
    public static GgufArchitecture Llama { get; } = new() { Name = "llama", HasOutputBias = true, HasRopeFactors = true };

    /// <summary>Qwen2 and Qwen2.5.</summary>
    public static GgufArchitecture Qwen2 { get; } = new() { Name = "qwen2" };

    /// <summary>Qwen3, dense.</summary>
    public static GgufArchitecture Qwen3 { get; } = new() { Name = "qwen3", HasHeadNorms = true };

    /// <summary>Gemma 3, text.</summary>
    public static GgufArchitecture Gemma3 { get; } = new() { Name = "gemma3", HasHeadNorms = true, HasPostNorms = true, HasSlidingWindow = true };

    GgufArchitecture()
    {
    }

    /// <summary>Every accepted architecture.</summary>
    public static ImmutableArray<GgufArchitecture> All { get; } = [Llama, Qwen2, Qwen3, Gemma3];

    /// <summary>The value of general.architecture.</summary>
    public required string Name { get; init; }

    /// <summary>Queries and keys are normalised per head.</summary>
    public bool HasHeadNorms { get; private init; }

    /// <summary>Attention and feed-forward are normalised again afterwards.</summary>
    public bool HasPostNorms { get; private init; }

    /// <summary>Biases of the attention's and feed-forward's outputs may be present.</summary>
    public bool HasOutputBias { get; private init; }

    /// <summary>Per-frequency factors of the rotary embedding may be present.</summary>
    public bool HasRopeFactors { get; private init; }

    /// <summary>Some layers attend only to a window.</summary>
    public bool HasSlidingWindow { get; private init; }

    /// <summary>The architecture's name.</summary>
    public override string ToString() => Name;
}
