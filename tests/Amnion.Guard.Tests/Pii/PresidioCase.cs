using System.Text.Json;
using Amnion.Guard.Pii;

namespace Amnion.Guard.Tests.Pii;

/// <summary>A case of Presidio's recogniser tests for a type that is claimed: a text and how many findings it has, where given also their places.</summary>
sealed record PresidioCase(PiiType Type, string Text, int Count, IReadOnlyList<TextSpan> Spans)
{
    // Not claimed: what needs a language model (PERSON), national telephone and plate formats that have no recogniser of their own here.
    static readonly string[] s_unclaimed = ["PERSON", "PH_MOBILE_NUMBER", "TR_PHONE_NUMBER", "IN_VEHICLE_REGISTRATION", "PH_TIN"];

    public static PresidioCase? Read(JsonElement entry)
    {
        var named = entry.GetProperty("entities") is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0 ? list[0].GetString()! : entry.GetProperty("file").GetString() == "test_phone_recognizer.py" ? "PHONE_NUMBER" : string.Empty;
        var example = entry.GetProperty("case");
        if (s_unclaimed.Contains(named) || PiiTypes.Find(Named(named)) is not { } type)
        {
            return null;
        }

        var text = Member(example, "text") ?? Member(example, "iban");
        if (text is not null)
        {
            return example.TryGetProperty("expected_len", out var count) && count.ValueKind == JsonValueKind.Number ? new PresidioCase(type, text, count.GetInt32(), Expected(example, text)) : null;
        }

        text = Member(example, "number") ?? Member(example, "id_number") ?? Member(example, "pesel") ?? Member(example, "gstin");
        return text is null ? null : example.GetProperty("expected").ValueKind switch { JsonValueKind.True => new PresidioCase(type, text, 1, []), JsonValueKind.False => new PresidioCase(type, text, 0, []), _ => null };
    }

    static string Named(string entity) => entity switch
    {
        "ABA_ROUTING_NUMBER" => "ABA_ROUTING",
        "MEDICAL_LICENSE" => "DEA",
        "CRYPTO" => "CRYPTO_BTC",
        "DE_FUEHRERSCHEIN" => "DE_DRIVER_LICENSE",
        "DE_KFZ" => "DE_VEHICLE_REGISTRATION",
        "DE_PLZ" => "DE_POSTCODE",
        "US_BANK_NUMBER" => "BANK_ACCOUNT",
        _ => LabelledText.Named(entity),
    };

    static string? Member(JsonElement example, string name) => example.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    static IReadOnlyList<TextSpan> Expected(JsonElement example, string text)
    {
        if (!example.TryGetProperty("expected_positions", out var positions) || positions.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        var places = LabelledText.Places(text);
        return [.. positions.EnumerateArray().Where(pair => pair.ValueKind == JsonValueKind.Array && pair.GetArrayLength() == 2).Select(pair => new TextSpan(places[pair[0].GetInt32()], places[pair[1].GetInt32()] - places[pair[0].GetInt32()]))];
    }
}
