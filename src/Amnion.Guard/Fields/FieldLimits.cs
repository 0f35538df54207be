namespace Amnion.Guard.Fields;

/// <summary>What documents and policies may be at most.</summary>
public static class FieldLimits
{
    /// <summary>Bytes of a document: 4 MiB.</summary>
    public const int MaxDocumentLength = 1 << 22;

    /// <summary>Bytes of a sealed document: the largest document, encrypted whole, in base64url, with room for many small fields.</summary>
    public const int MaxSealedLength = 1 << 24;

    /// <summary>Deepest nesting of a document.</summary>
    public const int MaxDepth = 64;

    /// <summary>Most values in a document, containers included.</summary>
    public const int MaxValues = 1 << 17;

    /// <summary>Bytes of a policy: 256 KiB.</summary>
    public const int MaxPolicyLength = 1 << 18;

    /// <summary>Most rules of a policy.</summary>
    public const int MaxRules = 256;

    /// <summary>Longest pointer, in UTF-16 code units: in a policy, and of any place in a document that is encrypted.</summary>
    public const int MaxPointerLength = 512;

    /// <summary>Longest name of a document, in UTF-8 bytes.</summary>
    public const int MaxDocumentIdLength = 1024;
}
