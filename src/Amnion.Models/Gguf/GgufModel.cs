using System.Collections.Immutable;

namespace Amnion.Models.Gguf;

/// <summary>A GGUF model file's header, checked: the engine may be given the file. It says nothing about what the weights do.</summary>
public sealed class GgufModel
{
    internal GgufModel()
    {
    }

    /// <summary>All metadata.</summary>
    public required GgufMetadata Metadata { get; init; }

    /// <summary>The architecture.</summary>
    public required GgufArchitecture Architecture { get; init; }

    /// <summary>The model's dimensions.</summary>
    public required GgufHyperparameters Hyperparameters { get; init; }

    /// <summary>The vocabulary.</summary>
    public required GgufTokenizer Tokenizer { get; init; }

    /// <summary>The tensors, in file order.</summary>
    public required ImmutableArray<GgufTensor> Tensors { get; init; }

    /// <summary>Byte offset in the file where the tensor data starts, a multiple of 32.</summary>
    public required long TensorDataOffset { get; init; }

    /// <summary>Bytes of the file.</summary>
    public required long FileLength { get; init; }

    /// <summary>Tokens of context the model was trained for.</summary>
    public int ContextLength => Hyperparameters.ContextLength;

    /// <summary>Tokens of the vocabulary.</summary>
    public int VocabularySize => Tokenizer.Tokens.Count;

    /// <summary>Number of weights.</summary>
    public long Parameters => Tensors.Sum(tensor => tensor.Elements);

    /// <summary>The model's own name for itself, or null. Chosen by whoever made the file.</summary>
    public string? Name => Metadata.FindString("general.name");

    /// <summary>The model's chat template as Jinja text, or null. It is never run; see <see cref="Chat.ChatTemplate.Recognise"/>.</summary>
    public string? ChatTemplateText => Metadata.FindString("tokenizer.chat_template");
}
