namespace Amnion.Guard.Fields;

/// <summary>What is done to a field of a JSON document. Everything but <see cref="None"/> is also signed.</summary>
public enum FieldAction
{
    /// <summary>Neither encrypted nor signed: the value may change or go missing unnoticed.</summary>
    None,

    /// <summary>It stays readable, and any change to it is noticed.</summary>
    Sign,

    /// <summary>AES-256-GCM with a random nonce: equal values look different.</summary>
    Encrypt,

    /// <summary>AES-256-SIV: equal values of one field look equal, in all documents of the tenant.</summary>
    EncryptDeterministic,

    /// <summary>FF1: a string is replaced by another of the same shape.</summary>
    Tokenize,
}
