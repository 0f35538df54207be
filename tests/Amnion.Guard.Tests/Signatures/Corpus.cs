using System.Text.Json;
using Amnion.Testing;

namespace Amnion.Guard.Tests.Signatures;

/// <summary>Rows of the developer corpora.</summary>
static class Corpus
{
    public static IReadOnlyList<CorpusRow> Read(string name)
    {
        var rows = new List<CorpusRow>();
        foreach (var line in File.ReadLines(Path.Combine(SharedData.Folder("corpora/injection"), name + ".jsonl")))
        {
            using var document = JsonDocument.Parse(line);
            var row = document.RootElement;
            rows.Add(new CorpusRow(
                row.GetProperty("text").GetString()!,
                row.GetProperty("label").GetInt32() == 1,
                row.GetProperty("channel").GetString() switch { "document" => GuardChannel.Document, "system" => GuardChannel.System, _ => GuardChannel.User },
                row.TryGetProperty("kind", out var kind) ? kind.GetString() ?? "" : "",
                row.TryGetProperty("transform", out var transform) ? transform.GetString() ?? "" : "",
                row.TryGetProperty("plain", out var plain) ? plain.GetString() ?? "" : ""));
        }

        return rows;
    }
}
