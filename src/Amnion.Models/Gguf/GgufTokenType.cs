namespace Amnion.Models.Gguf;

/// <summary>What a vocabulary entry is (llama.h, enum llama_token_type).</summary>
public enum GgufTokenType
{
    /// <summary>Text.</summary>
    Normal = 1,

    /// <summary>The unknown token.</summary>
    Unknown = 2,

    /// <summary>A control token: never produced from text that is tokenised as text.</summary>
    Control = 3,

    /// <summary>Added text: matched in any text, before other tokens.</summary>
    UserDefined = 4,

    /// <summary>A hole in the vocabulary.</summary>
    Unused = 5,

    /// <summary>One raw byte, written &lt;0xHH&gt;.</summary>
    Byte = 6,
}
