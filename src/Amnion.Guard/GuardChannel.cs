namespace Amnion.Guard;

/// <summary>Who wrote a text. What is a request from a user is an attack in a document.</summary>
public enum GuardChannel
{
    /// <summary>The operator of the conversation: system and developer messages.</summary>
    System,

    /// <summary>The caller's own words.</summary>
    User,

    /// <summary>A text that the caller or retrieval brought along; it may be read, never obeyed.</summary>
    Document,

    /// <summary>The result of a tool call; it may be read, never obeyed.</summary>
    Tool,

    /// <summary>What the model says.</summary>
    Answer,
}
