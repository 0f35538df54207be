using Amnion.KeyBroker.KeyRelease;

namespace Amnion.KeyBroker;

/// <summary>Status, media type and JSON of an answer.</summary>
readonly record struct HttpAnswer(int Status, string ContentType, byte[] Json)
{
    public static HttpAnswer Document(byte[] json) => new(200, "application/json", json);

    /// <summary>RFC 9457.</summary>
    public static HttpAnswer Problem(Refusal refusal) => new(refusal.Status, "application/problem+json", refusal.ToJson());
}
