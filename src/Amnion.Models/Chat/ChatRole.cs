namespace Amnion.Models.Chat;

/// <summary>Who speaks in a turn.</summary>
public enum ChatRole
{
    /// <summary>Instructions for the whole conversation.</summary>
    System = 0,

    /// <summary>The person or program asking.</summary>
    User = 1,

    /// <summary>The model.</summary>
    Assistant = 2,

    /// <summary>The result of a tool the model called: untrusted data.</summary>
    Tool = 3,
}
