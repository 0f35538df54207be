namespace Amnion.Inference;

/// <summary>Who speaks in a conversation.</summary>
public enum ConversationRole
{
    /// <summary>Who set the model up.</summary>
    System,

    /// <summary>Who asks.</summary>
    User,

    /// <summary>The model.</summary>
    Assistant,

    /// <summary>A tool that the model called.</summary>
    Tool,
}
