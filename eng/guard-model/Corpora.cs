using System.Security.Cryptography;
using System.Text.Json;
using Amnion.Guard;
using Amnion.Guard.Classifier;
using Amnion.Guard.Evaluation;

namespace Amnion.GuardTraining;

/// <summary>The developer corpora, as their MANIFESTs list them.</summary>
sealed class Corpora
{
    // Texts under a transform are for the normaliser; learning them would teach the transform.
    static readonly string[] s_leftOut = ["own_obfuscated.jsonl", "phone_examples.jsonl", "exfil_links.jsonl"];

    Corpora(IReadOnlyList<TrainingText> texts, IReadOnlyList<TrainingSource> sources)
    {
        (Texts, Sources) = (texts, sources);
    }

    public IReadOnlyList<TrainingText> Texts { get; }

    public IReadOnlyList<TrainingSource> Sources { get; }

    /// <summary>Reads every file of the two folders that hold text with a label. Every row of a personal-data file is benign.</summary>
    public static Corpora Read(string shared)
    {
        var texts = new List<TrainingText>();
        var sources = new List<TrainingSource>();
        foreach (var folder in (string[])["injection", "pii"])
        {
            var path = Path.Combine(shared, "corpora", folder);
            using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(path, "MANIFEST.json")));
            foreach (var file in manifest.RootElement.GetProperty("files").EnumerateArray())
            {
                var name = file.GetProperty("file").GetString()!;
                if (s_leftOut.Contains(name))
                {
                    continue;
                }

                var bytes = File.ReadAllBytes(Path.Combine(path, name));
                sources.Add(new TrainingSource(name, Ascii(file.GetProperty("licence").GetString()!), Convert.ToHexStringLower(SHA256.HashData(bytes))));
                texts.AddRange(EvaluationRowReader.Read(bytes).Select(row => Text(row, name, folder == "pii")));
            }
        }

        return new Corpora(texts, sources);
    }

    static TrainingText Text(EvaluationRow row, string source, bool benign) =>
        new(row.Text, row.Positive && !benign, row.Channel is GuardChannel.Document or GuardChannel.Tool, source);

    static string Ascii(string text) => new([.. text.Where(c => c is >= ' ' and <= '~').Take(255)]);
}
