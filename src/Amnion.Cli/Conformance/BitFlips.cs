using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Amnion.Attestation;

namespace Amnion.Cli.Conformance;

/// <summary>
/// Alters every single bit of every file of every accepted case and runs the case again: none may be accepted. Which bits no signature covers,
/// and why that is harmless, stands in docs/specs/unsigned-bits.md; <see cref="UnsignedBits"/> is that list.
/// </summary>
static class BitFlips
{
    static readonly ImmutableHashSet<string> s_accepted = ["valid", "verified"];

    /// <summary>Cases to run: those accepted as they are.</summary>
    public static IEnumerable<ConformanceCase> Cases(string folder, Func<ConformanceCase, bool> select)
    {
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "MANIFEST.json")));
        foreach (var entry in manifest.RootElement.GetProperty("cases").EnumerateArray())
        {
            var item = new ConformanceCase(folder, entry.Clone()) { Cache = new AppraisalCache() };
            if (s_accepted.Contains(item.Expected) && select(item))
            {
                yield return item;
            }
        }
    }

    /// <summary>Files of a case: its own and those it names for its chain; not those of other cases that it may have looked into.</summary>
    public static IReadOnlyList<string> Files(ConformanceCase item)
    {
        _ = ConformanceRunner.Answer(item);
        var named = ExpectationNames.Files.Select(item.Named).OfType<string>().ToList();
        return [.. item.Read.Where(path => item.Entries.Any(entry => entry.Path == path) || named.Exists(name => path == name || path.StartsWith(name + "/", StringComparison.Ordinal))).Order(StringComparer.Ordinal)];
    }

    /// <summary>Flips bits of one file, all of them or those given, and says which were accepted and are not on the list.</summary>
    public static BitFlipResult Run(ConformanceCase item, string path, IEnumerable<long>? bits = null)
    {
        // A copy of its own: several files of one case are altered at once.
        var original = item.With(string.Empty, []).FileAt(path);
        var unaltered = Accepts(item.With(path, original)) ?? throw new InvalidOperationException($"{item.Tee}/{item.Id} is not accepted as it is, so that refusing altered copies would show nothing");
        var baseline = Identity(unaltered);
        var needless = new Lazy<bool>(() => UnsignedBits.IsPem(original) && Accepts(item.With(path, UnsignedBits.EmptyPem)) is { } without && Identity(without) == baseline);
        var accepted = new List<string>();
        var excused = 0;
        long count = 0;
        byte[] altered = [.. original];
        var copy = item.With(path, altered);
        foreach (var bit in bits ?? Range(original.Length * 8L))
        {
            var index = (int)(bit / 8);
            altered[index] ^= (byte)(1 << (int)(bit % 8));
            count++;
            if (Accepts(copy) is { } answer)
            {
                var same = Identity(answer) == baseline;
                if (unaltered.IsUnsigned || same && (UnsignedBits.Covers(original, altered) || needless.Value))
                {
                    excused++;
                }
                else
                {
                    accepted.Add(string.Create(CultureInfo.InvariantCulture, $"byte {index}, bit {bit % 8}{(same ? "" : ", with other values")}"));
                }
            }

            altered[index] = original[index];
        }

        return new BitFlipResult($"{item.Tee}/{item.Id}", path, count, excused, [.. accepted]);
    }

    static CaseAnswer? Accepts(ConformanceCase item)
    {
        try
        {
            var answer = ConformanceRunner.Answer(item);
            return s_accepted.Contains(answer.Outcome) && answer.Policy is null or { IsEmpty: true } ? answer : null;
        }
        catch (Exception exception) when (exception is FormatException or KeyNotFoundException or InvalidOperationException or JsonException or ArgumentException or CryptographicException)
        {
            // The case's own wrapping (JSON, PEM) did not read any more: refused as well.
            return null;
        }
    }

    /// <summary>What was accepted, as one text: outcome and every value.</summary>
    static string Identity(CaseAnswer answer) => answer.Outcome + "\n" + string.Join('\n', answer.Fields.Select(field => $"{field.Name}={field.Value}"));

    static IEnumerable<long> Range(long count)
    {
        for (long i = 0; i < count; i++)
        {
            yield return i;
        }
    }
}
