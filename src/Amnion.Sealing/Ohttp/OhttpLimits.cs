namespace Amnion.Sealing;

/// <summary>Limits of the OHTTP formats, all in bytes unless said otherwise.</summary>
public static class OhttpLimits
{
    /// <summary>Plaintext per chunk that every receiver takes, and that senders stay within (draft-ietf-ohai-chunked-ohttp §3).</summary>
    public const int ChunkPlaintext = 1 << 14;

    /// <summary>Longest plaintext of one chunk that is sealed or opened at all.</summary>
    public const int MaxChunkPlaintext = 1 << 20;

    /// <summary>Longest sealed chunk: its plaintext and the tag, without the length before it.</summary>
    public const int MaxSealedChunk = MaxChunkPlaintext + HpkeAlgorithms.TagLength;

    /// <summary>Most bytes an opener holds that were pushed and not yet read as chunks; more is a failure.</summary>
    public const int MaxBuffered = 16 << 20;

    /// <summary>Key id and three algorithm ids, before the encapsulated key (RFC 9458 §4.3).</summary>
    public const int RequestHeaderPrefix = 7;

    /// <summary>Longest request header: the prefix and a P-521 key.</summary>
    public const int MaxRequestHeader = RequestHeaderPrefix + 133;

    /// <summary>Longest list of key configurations.</summary>
    public const int MaxKeyConfigList = 1 << 16;

    /// <summary>Most key configurations in a list.</summary>
    public const int MaxKeyConfigs = 64;

    /// <summary>Most symmetric algorithm pairs in a key configuration.</summary>
    public const int MaxSymmetricSuites = 64;
}
