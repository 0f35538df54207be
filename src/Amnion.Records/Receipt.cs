using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;

namespace Amnion.Records;

/// <summary>What an enclave signs about one answer: events, model, keyset, register log head, usage, time. "amnion/receipt/1".</summary>
public sealed record Receipt
{
    /// <summary>The format's name.</summary>
    public const string Format = "amnion/receipt/1";

    /// <summary>Most bytes accepted.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>Event: the sealed request arrived whole.</summary>
    public const string RequestReceived = "request.received";

    /// <summary>Event: the sealed answer left.</summary>
    public const string ResponseReturned = "response.returned";

    /// <summary>First 16 bytes of SHA-256 over the request's encapsulated key, hexadecimal: both sides know it without being told.</summary>
    public required string Id { get; init; }

    /// <summary>Events in order.</summary>
    public required ImmutableArray<ReceiptEvent> Events { get; init; }

    /// <summary>SHA-384 of the model manifest.</summary>
    public required Digest Model { get; init; }

    /// <summary>SHA-384 of the keyset whose receipt key signed.</summary>
    public required Digest Keyset { get; init; }

    /// <summary>Head of the register log.</summary>
    public required Digest LogHead { get; init; }

    /// <summary>Version of the configuration release the caller was admitted under.</summary>
    public required long ConfigurationVersion { get; init; }

    /// <summary>Most verdicts in one receipt: more than the guard has codes, each with two actions.</summary>
    public const int MaxVerdicts = 128;

    /// <summary>What the guard found in request and answer and did about it; empty where it found nothing.</summary>
    public ImmutableArray<ReceiptVerdict> Guard { get; init; } = [];

    /// <summary>Tokens of the prompt.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>Tokens of the answer.</summary>
    public required int CompletionTokens { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public required long Time { get; init; }

    /// <summary>"evidence": the platform's clock advanced by the enclave's monotonic clock; "host": asserted by the host.</summary>
    public required string TimeSource { get; init; }

    /// <summary>True on platforms that are no security boundary.</summary>
    public required bool Emulated { get; init; }

    /// <summary>The identifier of the exchange that sent this encapsulated key.</summary>
    public static string IdOf(ReadOnlySpan<byte> enc) => Convert.ToHexStringLower(SHA256.HashData(enc).AsSpan(0, 16));

    /// <summary>The canonical JSON that is signed.</summary>
    public byte[] ToJson() => CanonicalJson.Write(Write);

    void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteString("id", Id);
        json.WriteStartArray("events");
        foreach (var entry in Events)
        {
            json.WriteStartObject();
            json.WriteString("type", entry.Type);
            json.WriteDigest("digest", entry.Digest);
            json.WriteNumber("length", entry.Length);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteDigest("model", Model);
        json.WriteDigest("keyset", Keyset);
        json.WriteDigest("log_head", LogHead);
        json.WriteNumber("config_version", ConfigurationVersion);
        json.WriteStartArray("guard");
        foreach (var verdict in Guard)
        {
            json.WriteStartObject();
            json.WriteString("code", verdict.Code);
            json.WriteString("action", verdict.Action);
            json.WriteNumber("count", verdict.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("prompt_tokens", PromptTokens);
        json.WriteNumber("completion_tokens", CompletionTokens);
        json.WriteNumber("time", Time);
        json.WriteString("time_source", TimeSource);
        json.WriteBoolean("emulated", Emulated);
        json.WriteEndObject();
    }

    internal static Receipt Read(JsonObjectReader reader)
    {
        reader.Constant("format", Format);
        var receipt = new Receipt
        {
            Id = reader.Text("id", 32),
            Events = reader.Objects("events", 16, item =>
            {
                var entry = new ReceiptEvent(item.Text("type", 64), item.Digest("digest"), item.Integer("length", 0, long.MaxValue >> 11));
                item.End();
                return entry;
            }),
            Model = reader.Digest("model"),
            Keyset = reader.Digest("keyset"),
            LogHead = reader.Digest("log_head"),
            ConfigurationVersion = reader.Integer("config_version", 0, long.MaxValue >> 11),
            Guard = reader.Objects("guard", MaxVerdicts, item =>
            {
                var verdict = new ReceiptVerdict(item.Text("code", 32), item.Text("action", 16), (int)item.Integer("count", 1, int.MaxValue));
                item.End();
                return verdict;
            }),
            PromptTokens = (int)reader.Integer("prompt_tokens", 0, int.MaxValue),
            CompletionTokens = (int)reader.Integer("completion_tokens", 0, int.MaxValue),
            Time = reader.Integer("time", 0, long.MaxValue >> 11),
            TimeSource = reader.Text("time_source", 16),
            Emulated = reader.Flag("emulated"),
        };
        reader.End();
        return receipt.TimeSource is "evidence" or "host" ? receipt : throw reader.Refuse("time_source", "must be \"evidence\" or \"host\"");
    }
}
