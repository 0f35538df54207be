using System.Text.Json;
using Amnion.Testing;

namespace Amnion.Guard.Tests.Pii;

/// <summary>A row of a personal-data corpus: a text and its spans in UTF-16 code units, their types under this project's names.</summary>
sealed record LabelledText(string Text, string? Kind, string? Of, IReadOnlyList<(TextSpan Span, string Type)> Spans)
{
    public static IEnumerable<LabelledText> Read(string file)
    {
        foreach (var line in File.ReadLines(Path.Combine(SharedData.Folder("corpora/pii"), file)))
        {
            using var row = JsonDocument.Parse(line);
            var root = row.RootElement;
            var text = root.GetProperty("text").GetString()!;
            var places = Places(text);
            yield return new LabelledText(text, Optional(root, "kind"), Optional(root, "of") is { } of ? Named(of) : null, [.. root.GetProperty("spans").EnumerateArray().Select(span =>
            {
                var start = places[span.GetProperty("start").GetInt32()];
                return (new TextSpan(start, places[span.GetProperty("end").GetInt32()] - start), Named(span.GetProperty("type").GetString()!));
            })]);
        }
    }

    /// <summary>The code unit of each code point, as the corpora count those.</summary>
    public static int[] Places(string text)
    {
        var places = new List<int>();
        for (var i = 0; i < text.Length; i++)
        {
            places.Add(i);
            i += char.IsHighSurrogate(text[i]) ? 1 : 0;
        }

        return [.. places, text.Length];
    }

    /// <summary>This project's name of a corpus's type; passports and licences of all countries are one.</summary>
    public static string Named(string type) => type switch
    {
        "IBAN_CODE" => "IBAN",
        "IP_ADDRESS_V4" or "IP_ADDRESS_V6" => "IP_ADDRESS",
        "CRYPTO_BECH32" => "CRYPTO_BTC",
        "EMAIL" => "EMAIL_ADDRESS",
        "SSN" => "US_SSN",
        "PHONE" => "PHONE_NUMBER",
        _ => type,
    };

    static string? Optional(JsonElement row, string name) => row.TryGetProperty(name, out var value) ? value.GetString() : null;
}
