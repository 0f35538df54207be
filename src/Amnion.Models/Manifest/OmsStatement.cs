using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Records;

namespace Amnion.Models.Manifest;

/// <summary>The signed content of an OpenSSF Model Signing bundle (ossf/model-signing-spec v1.0): which files, with which digests.</summary>
public sealed record OmsStatement
{
    /// <summary>in-toto Statement v1.</summary>
    public const string StatementType = "https://in-toto.io/Statement/v1";

    /// <summary>The predicate of model signing v1.0.</summary>
    public const string PredicateType = "https://model_signing/signature/v1.0";

    /// <summary>The predicate of model-signing 0.2, whose subjects are the files.</summary>
    public const string LegacyPredicateType = "https://model_signing/Digests/v0.1";

    /// <summary>Files of a model.</summary>
    public const int MaxResources = 100_000;

    const string Record = "model signing statement";

    /// <summary>The model's name, or null in legacy statements.</summary>
    public required string? Name { get; init; }

    /// <summary>The files, in the statement's order, each name once.</summary>
    public required ImmutableArray<OmsResource> Resources { get; init; }

    /// <summary>True for model-signing 0.2.</summary>
    public required bool IsLegacy { get; init; }

    /// <summary>Parses a payload. The root digest is checked; what is signed beside it ("annotations", other predicate members) is passed over.</summary>
    /// <param name="problem">The first problem where the result is null.</param>
    internal static OmsStatement? Parse(ReadOnlySpan<byte> payload, out ModelProblem? problem)
    {
        problem = null;
        try
        {
            using var document = CanonicalJson.Parse(payload, OmsBundle.MaxLength, Record);
            var statement = new JsonObjectReader(document.RootElement, Record);
            statement.Constant("_type", StatementType);
            switch (statement.Text("predicateType"))
            {
                case PredicateType:
                    return ReadStatement(statement, out problem);
                case LegacyPredicateType:
                    return ReadLegacy(statement);
                default:
                    problem = new ModelProblem(ModelCodes.StatementType, "predicateType", $"is not \"{PredicateType}\"");
                    return null;
            }
        }
        catch (RecordFormatException e)
        {
            problem = new ModelProblem(ModelCodes.StatementInvalid, e.Path, "is not as the statement's format has it");
        }
        catch (InvalidOperationException)
        {
            problem = new ModelProblem(ModelCodes.StatementInvalid, "$", "holds a string that is not valid Unicode");
        }

        return null;
    }

    static OmsStatement? ReadStatement(JsonObjectReader statement, out ModelProblem? problem)
    {
        var subjects = statement.Objects("subject", 1, subject => (Name: subject.Text("name"), Root: Hex(subject.Object("digest"), "sha256", 32)));
        var predicate = statement.Object("predicate");
        var method = predicate.Object("serialization").Text("method", 32);
        var resources = predicate.Objects("resources", MaxResources, ReadResource);
        if (subjects.Length != 1 || method is not ("files" or "shards"))
        {
            throw statement.Refuse(subjects.Length != 1 ? "subject" : "predicate.serialization.method", "must be one subject, serialized as files or shards");
        }

        RequireUnique(statement, resources);
        using var root = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var resource in resources)
        {
            root.AppendData(resource.Digest.AsSpan());
        }

        problem = root.GetHashAndReset().AsSpan().SequenceEqual(subjects[0].Root)
            ? null
            : new ModelProblem(ModelCodes.StatementInvalid, "subject[0].digest.sha256", "is not the SHA-256 over the resources' digests");
        return problem is null ? new OmsStatement { Name = subjects[0].Name, Resources = resources, IsLegacy = false } : null;
    }

    static OmsStatement ReadLegacy(JsonObjectReader statement)
    {
        var resources = statement.Objects("subject", MaxResources, subject =>
            new OmsResource(subject.Text("name", 4096), "sha256", [.. Hex(subject.Object("digest"), "sha256", 32)]));
        RequireUnique(statement, resources);
        return new OmsStatement { Name = null, Resources = resources, IsLegacy = true };
    }

    static OmsResource ReadResource(JsonObjectReader resource)
    {
        var algorithm = resource.Text("algorithm", 16);
        var length = algorithm switch
        {
            "sha256" or "blake3" => 32,
            "blake2b" => 64,
            _ => throw resource.Refuse("algorithm", "must be sha256, blake2b or blake3"),
        };
        return new OmsResource(resource.Text("name", 4096), algorithm, [.. Hex(resource, "digest", length)]);
    }

    static void RequireUnique(JsonObjectReader statement, ImmutableArray<OmsResource> resources)
    {
        if (resources.Select(resource => resource.Name).Distinct(StringComparer.Ordinal).Count() != resources.Length)
        {
            throw statement.Refuse("predicate.resources", "must name each file once");
        }
    }

    static byte[] Hex(JsonObjectReader reader, string name, int length)
    {
        var text = reader.Text(name, 2 * length);
        return text.Length == 2 * length && text.All(char.IsAsciiHexDigitLower)
            ? Convert.FromHexString(text)
            : throw reader.Refuse(name, $"must be {length} bytes in lower-case hexadecimal");
    }
}
