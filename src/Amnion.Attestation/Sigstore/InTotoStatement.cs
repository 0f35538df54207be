using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Amnion.Records;

namespace Amnion.Attestation.Sigstore;

/// <summary>What a signed envelope says: in-toto Attestation Framework, Statement (v0.1 and v1 have the same members).</summary>
public sealed record InTotoStatement
{
    const int MaxSubjects = 1024;
    const int MaxDigests = 16;

    /// <summary>The member "_type".</summary>
    public required string Type { get; init; }

    /// <summary>What the predicate is.</summary>
    public required string PredicateType { get; init; }

    /// <summary>The artifacts, in the statement's order; may be empty.</summary>
    public required ImmutableArray<StatementSubject> Subjects { get; init; }

    /// <summary>The predicate's JSON text in UTF-8; empty where there is none.</summary>
    public required ReadOnlyMemory<byte> Predicate { get; init; }

    /// <summary>Parses strict JSON. Members not known here are ignored, as the framework asks of consumers.</summary>
    /// <exception cref="SigstoreFormatException">Anything else, with <see cref="SigstoreCodes.StatementMalformed"/>.</exception>
    public static InTotoStatement Parse(ReadOnlySpan<byte> json) =>
        SigstoreJson.Read(json, SigstoreBundle.MaxLength, "statement", SigstoreCodes.StatementMalformed, reader => new InTotoStatement
        {
            Type = reader.Text("_type"),
            PredicateType = reader.Text("predicateType"),
            Subjects = reader.Has("subject") ? reader.Objects("subject", MaxSubjects, ReadSubject) : [],
            Predicate = reader.Has("predicate") ? Encoding.UTF8.GetBytes(reader.Any("predicate").GetRawText()) : default(ReadOnlyMemory<byte>),
        });

    static StatementSubject ReadSubject(JsonObjectReader reader)
    {
        var digests = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (reader.Has("digest"))
        {
            var set = reader.Object("digest");
            foreach (var name in set.Names(MaxDigests))
            {
                if (set.Any(name).ValueKind == JsonValueKind.String)
                {
                    digests[name] = set.Text(name).ToLowerInvariant();
                }
            }
        }

        return new StatementSubject(reader.Has("name") ? reader.Text("name", 4096) : string.Empty, digests.ToImmutable());
    }
}
