namespace Amnion.Sealing;

/// <summary>Media types of Oblivious HTTP (RFC 9458 §9, draft-ietf-ohai-chunked-ohttp §8) and of what is sealed in it.</summary>
public static class OhttpMediaTypes
{
    /// <summary>A list of key configurations, each with a 2-byte length.</summary>
    public const string Keys = "application/ohttp-keys";

    /// <summary>A sealed request in one piece.</summary>
    public const string Request = "message/ohttp-req";

    /// <summary>A sealed response in one piece.</summary>
    public const string Response = "message/ohttp-res";

    /// <summary>A sealed request in chunks: what Amnion's endpoints take.</summary>
    public const string ChunkedRequest = "message/ohttp-chunked-req";

    /// <summary>A sealed response in chunks: what Amnion's endpoints answer.</summary>
    public const string ChunkedResponse = "message/ohttp-chunked-res";

    /// <summary>A binary HTTP message, RFC 9292: the plaintext of all of them.</summary>
    public const string BinaryHttp = "message/bhttp";
}
