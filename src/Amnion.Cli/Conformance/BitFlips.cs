using System.Collections.Concurrent;
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
    /// <summary>Bits that one thread alters before it takes more: few enough to share out a short file, so many that a copy of a long one costs little.</summary>
    const int Block = 256;

    static readonly ImmutableHashSet<string> s_accepted = ["valid", "verified"];

    /// <summary>Roles of files that say what a case's answer should be: no Evidence, and only this runner reads them.</summary>
    static readonly ImmutableHashSet<string> s_statements = ["expected", "manifest"];

    /// <summary>Kinds of cases that compare values and bring no Evidence: nobody signed anything of them.</summary>
    static readonly ImmutableHashSet<string> s_values = ["tinfoil_measurement", "tinfoil_hardware-measurements"];

    /// <summary>Cases to run: those accepted as they are.</summary>
    public static IEnumerable<ConformanceCase> Cases(string folder, Func<ConformanceCase, bool> select)
    {
        var kept = new FolderMemory();
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "MANIFEST.json")));
        foreach (var entry in manifest.RootElement.GetProperty("cases").EnumerateArray())
        {
            var item = new ConformanceCase(folder, entry.Clone()) { Cache = new AppraisalCache(), Kept = kept };
            if (s_accepted.Contains(item.Expected) && !s_values.Contains(item.Kind) && select(item))
            {
                yield return item;
            }
        }
    }

    /// <summary>Files of a case: its own and those it names for its chain; not those of other cases that it may have looked into, nor what the answer should be.</summary>
    public static IReadOnlyList<string> Files(ConformanceCase item)
    {
        _ = ConformanceRunner.Answer(item);
        var named = ExpectationNames.Files.Select(item.Named).OfType<string>().ToList();
        var stated = item.Entries.Where(entry => s_statements.Contains(entry.Role)).Select(entry => entry.Path).ToList();
        return [.. item.Read.Except(stated).Where(path => item.Entries.Any(entry => entry.Path == path) || named.Exists(name => path == name || path.StartsWith(name + "/", StringComparison.Ordinal))).Order(StringComparer.Ordinal)];
    }

    /// <summary>Flips bits of one file, all of them or those given, and says which were accepted and are not on the list.</summary>
    /// <exception cref="OperationCanceledException">Cancelled between two blocks of bits.</exception>
    public static BitFlipResult Run(ConformanceCase item, string path, IEnumerable<long>? bits = null, CancellationToken cancellation = default)
    {
        // A copy of its own: several files of one case are altered at once.
        var original = item.With(string.Empty, []).FileAt(path);

        // A case that its own policy refuses still shows that its Evidence is authentic; altered copies must not be that.
        var withPolicy = Accepts(item.With(path, original), withPolicy: true) is not null;
        var unaltered = Accepts(item.With(path, original), withPolicy) ?? throw new InvalidOperationException($"{item.Tee}/{item.Id} is not accepted as it is, so that refusing altered copies would show nothing");
        var baseline = Identity(unaltered);
        var needless = new Lazy<bool>(() => UnsignedBits.IsPem(original) && Accepts(item.With(path, UnsignedBits.EmptyPem), withPolicy) is { } without && Identity(without) == baseline);
        var members = UnsignedInput.Read(original);
        var needlessMembers = members.Keys.ToDictionary(name => name, name => new Lazy<bool>(() => Accepts(item.With(path, UnsignedInput.Without(original, name)), withPolicy) is { } without && Identity(without) == baseline), StringComparer.Ordinal);
        bool isNeedless(string member) => needlessMembers[member].Value;
        var accepted = new ConcurrentQueue<(long Bit, string Other)>();
        var excused = 0;
        long count = 0;
        Parallel.ForEach((bits ?? Range(original.Length * 8L)).Chunk(Block), new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, block =>
        {
            byte[] altered = [.. original];
            var copy = item.With(path, altered);
            foreach (var bit in block)
            {
                var index = (int)(bit / 8);
                altered[index] ^= (byte)(1 << (int)(bit % 8));
                if (Accepts(copy, withPolicy) is { } answer)
                {
                    var same = Identity(answer) == baseline;
                    if (unaltered.IsUnsigned
                        || (same && (UnsignedBits.Covers(original, altered) || UnsignedInput.Covers(members, altered, isNeedless) || needless.Value))
                        || ((UnsignedEvidence.SaysNoMore(Values(unaltered), Values(answer)) || UnsignedEvidence.LeavesOutQuote(original, altered)) && UnsignedEvidence.Covers(original, altered, unaltered.WaivesProvenance)))
                    {
                        Interlocked.Increment(ref excused);
                    }
                    else
                    {
                        accepted.Enqueue((bit, same ? string.Empty : ", with other values: " + Difference(unaltered, answer)));
                    }
                }

                altered[index] = original[index];
            }

            Interlocked.Add(ref count, block.Length);
        });
        var found = accepted.OrderBy(entry => entry.Bit).Select(entry => string.Create(CultureInfo.InvariantCulture, $"byte {entry.Bit / 8}, bit {entry.Bit % 8}{entry.Other}"));
        return new BitFlipResult($"{item.Tee}/{item.Id}", path, count, excused, [.. found]);
    }

    static CaseAnswer? Accepts(ConformanceCase item, bool withPolicy)
    {
        try
        {
            var answer = ConformanceRunner.Answer(item);
            return s_accepted.Contains(answer.Outcome) && (!withPolicy || answer.Policy is null or { IsEmpty: true }) ? answer : null;
        }
        catch (Exception exception) when (exception is FormatException or KeyNotFoundException or InvalidOperationException or JsonException or ArgumentException or CryptographicException)
        {
            // The case's own wrapping (JSON, PEM) did not read any more: refused as well.
            return null;
        }
    }

    /// <summary>What was accepted, as one text: outcome and every value. Not remarks, which no signature covers, no claims have and no policy can name.</summary>
    static string Identity(CaseAnswer answer) => string.Join('\n', Values(answer));

    /// <summary>The first value that is another one, for the person who reads the log.</summary>
    static string Difference(CaseAnswer before, CaseAnswer after)
    {
        var values = Values(before).ToHashSet(StringComparer.Ordinal);
        return Values(after).FirstOrDefault(value => !values.Contains(value)) ?? "one is missing";
    }

    static IEnumerable<string> Values(CaseAnswer answer) => answer.Fields.Where(field => !field.IsRemark).Select(field => $"{field.Name}={field.Value}").Prepend(answer.Outcome);

    static IEnumerable<long> Range(long count)
    {
        for (long i = 0; i < count; i++)
        {
            yield return i;
        }
    }
}
