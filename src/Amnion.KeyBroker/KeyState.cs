namespace Amnion.KeyBroker;

/// <summary>Whether a key can be released at all.</summary>
public enum KeyState
{
    /// <summary>Released to Evidence that satisfies its policy.</summary>
    Active,

    /// <summary>Never released again: the wrapped key is erased.</summary>
    Revoked,
}
