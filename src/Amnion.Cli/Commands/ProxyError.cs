using System.Text.Json;
using Amnion.Client;

namespace Amnion.Cli.Commands;

/// <summary>What an error of the proxy means to a person: what could not be trusted is a rejection, what did not arrive is not.</summary>
static class ProxyError
{
    const int MaxText = 500;

    public static CliException Describe(int status, ReadOnlyMemory<byte> body, Exception? inner = null)
    {
        var (code, message) = Read(body);
        var known = code is not null && code.StartsWith("AMN-", StringComparison.Ordinal) ? code : null;
        var hint = known is null ? "see the status and the code; amnion chat sends the key in AMNION_HOME/api-key" : $"look up {known} in docs/diagnostics.md; amnion verify URL lists every check";
        return status switch
        {
            401 => new CliException(ExitCode.Rejected, $"the enclave does not admit this API key: {message}", "amnion tenant list shows which keys are admitted", known, inner),
            502 when CommandFrame.IsRefusal(code) => new CliException(ExitCode.Rejected, $"the proxy trusts neither this enclave nor its answer: {message}", hint, known, inner),
            502 or 503 or 504 => new CliException(ExitCode.Internal, $"the enclave cannot be reached: {message}", known is null ? "ask again; amnion up starts again what has ended" : hint, known ?? ClientCodes.RelayUnavailable, inner),
            _ => new CliException(ExitCode.Internal, $"the request was not answered ({status}{(code is null || known is not null ? "" : " " + code)}): {message}", hint, known, inner),
        };
    }

    // OpenAI's shape. The text comes from another process and goes to a terminal: one line of printable characters.
    static (string? Code, string Message) Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 8 });
            var error = document.RootElement.GetProperty("error");
            return (Text(error, "code"), CommandFrame.Lower(Text(error, "message") ?? "no reason given"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return (null, "no reason given");
        }
    }

    static string? Text(JsonElement error, string name) => error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
        ? new string([.. value.GetString()!.Where(c => !char.IsControl(c)).Take(MaxText)])
        : null;
}
