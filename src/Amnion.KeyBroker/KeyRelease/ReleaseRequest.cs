using System.Runtime.InteropServices;
using Amnion.Records;

namespace Amnion.KeyBroker.KeyRelease;

/// <summary>The body of a release request: {"challenge": "amnion/challenge/1", "evidence": "amnion/evidence/1"}, nothing else.</summary>
sealed record ReleaseRequest(ReleaseChallenge Challenge, EvidenceBundle Evidence)
{
    /// <summary>The name that errors carry.</summary>
    public const string Format = "release request";

    /// <summary>Most bytes accepted: both records and the JSON around them.</summary>
    public const int MaxLength = EvidenceBundle.MaxLength + ReleaseChallenge.MaxLength + 256;

    /// <summary>Parses strictly.</summary>
    /// <exception cref="RecordFormatException">Anything the formats do not allow.</exception>
    public static ReleaseRequest Parse(ReadOnlySpan<byte> json)
    {
        using var document = CanonicalJson.Parse(json, MaxLength, Format);
        var reader = new JsonObjectReader(document.RootElement, Format);
        var request = new ReleaseRequest(
            ReleaseChallenge.Parse(JsonMarshal.GetRawUtf8Value(reader.Any("challenge"))),
            EvidenceBundle.Parse(JsonMarshal.GetRawUtf8Value(reader.Any("evidence"))));
        reader.End();
        return request;
    }
}
