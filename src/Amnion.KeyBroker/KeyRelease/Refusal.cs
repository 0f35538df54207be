using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Amnion.Attestation;

namespace Amnion.KeyBroker.KeyRelease;

/// <summary>Why there is no key: a problem document (RFC 9457) with a stable code and, after an appraisal, every failed check.</summary>
sealed record Refusal(int Status, string Code, string Title)
{
    public ImmutableArray<AttestationCheck> Checks { get; init; } = [];

    public static Refusal Unknown { get; } = new(404, KeyBrokerCodes.KeyUnknown, "There is no such key.");

    public static Refusal Revoked { get; } = new(410, KeyBrokerCodes.KeyRevoked, "The key is revoked.");

    public static Refusal Changed { get; } = new(409, KeyBrokerCodes.KeyChanged, "The key was granted another policy while this was decided; ask for another challenge.");

    public static Refusal Damaged { get; } = new(500, KeyBrokerCodes.KeyDamaged, "What is stored was altered and does not open; its owner must act.");

    public static Refusal TooManyChallenges { get; } = new(429, KeyBrokerCodes.TooManyChallenges, "Too many challenges are outstanding; answer one or wait.");

    public static Refusal TooManyRequests { get; } = new(429, KeyBrokerCodes.TooManyRequests, "Too many release requests; try again in a minute.");

    public static Refusal Failed { get; } = new(500, KeyBrokerCodes.InternalError, "The broker failed; nothing was released.");

    public static Refusal Malformed(string problem) => new(400, KeyBrokerCodes.RequestMalformed, problem);

    public static Refusal Challenge(string code) => new(409, code, code switch
    {
        KeyBrokerCodes.ChallengeExpired => "The challenge is past its time; ask for another.",
        KeyBrokerCodes.ChallengeMismatch => "The challenge was issued for another key or by another broker, or was altered.",
        _ => "The challenge is not outstanding: it was never issued, was used already, or the broker restarted.",
    });

    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", $"urn:amnion:problem:{Code}");
            json.WriteString("title", Title);
            json.WriteNumber("status", Status);
            json.WriteString("code", Code);
            if (!Checks.IsEmpty)
            {
                json.WriteStartArray("checks");
                foreach (var check in Checks)
                {
                    Write(json, check);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    static void Write(Utf8JsonWriter json, AttestationCheck check)
    {
        json.WriteStartObject();
        json.WriteString("code", check.Code);
        json.WriteString("name", check.Name);
        json.WriteString("outcome", check.Outcome switch
        {
            CheckOutcome.Pass => "pass",
            CheckOutcome.Fail => "fail",
            _ => "skip",
        });
        json.WriteString("expected", check.Expected);
        json.WriteString("actual", check.Actual);
        json.WriteEndObject();
    }
}
