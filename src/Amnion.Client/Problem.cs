using System.Text.Json;
using Amnion.Records;

namespace Amnion.Client;

/// <summary>The relay's problem documents (RFC 9457): only their code is read, and never trusted for more than a hint.</summary>
static class Problem
{
    const int MaxLength = 64 * 1024;

    public static async Task<string?> CodeOfAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
        {
            return null;
        }

        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            using var document = CanonicalJson.Parse(await BoundedReading.ReadAllAsync(body, MaxLength, cancellation).ConfigureAwait(false), MaxLength, "problem");
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.String
                && code.GetString() is { Length: <= 32 } text && text.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '-')
                ? text
                : null;
        }
        catch (Exception e) when (e is RecordFormatException or InvalidDataException)
        {
            return null;
        }
    }
}
