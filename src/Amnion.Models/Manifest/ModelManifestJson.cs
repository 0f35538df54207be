using System.Collections.Immutable;
using System.Text.Json;
using Amnion.Records;
using Amnion.Sealing;

namespace Amnion.Models.Manifest;

/// <summary>The manifest as JSON (docs/specs/sealed-model.md).</summary>
static class ModelManifestJson
{
    public const string AnnotationPath = "$.subject[0].annotations.amnion";

    /// <summary>Integers that every JSON reader keeps exactly (RFC 8785 §3.2.2.3).</summary>
    public const long MaxInteger = (1L << 53) - 1;

    const string Record = ModelManifest.Format;
    const string Algorithm = "sha256";

    public static byte[] Write(ModelManifestContent content) => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("_type", OmsStatement.StatementType);
        json.WriteString("predicateType", OmsStatement.PredicateType);
        json.WriteStartArray("subject");
        json.WriteStartObject();
        json.WriteString("name", content.Name);
        json.WriteStartObject("digest");
        json.WriteString(Algorithm, ModelManifest.RootDigest(content.Files).Hex);
        json.WriteEndObject();
        json.WriteStartObject("annotations");
        WriteAnnotation(json, content);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("predicate");
        WritePredicate(json, content);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    public static ModelManifestContent Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > ModelManifest.MaxLength)
        {
            throw new ManifestFormatException(ModelCodes.ManifestLimit, "$", $"is {bytes.Length} bytes; at most {ModelManifest.MaxLength} are accepted");
        }

        try
        {
            using var document = CanonicalJson.Parse(bytes, ModelManifest.MaxLength, Record);
            return ReadStatement(new JsonObjectReader(document.RootElement, Record));
        }
        catch (RecordFormatException e)
        {
            throw new ManifestFormatException(ModelCodes.ManifestLayout, e.Path, "is not as the format has it", e.Offset);
        }
        catch (InvalidOperationException)
        {
            throw new ManifestFormatException(ModelCodes.ManifestLayout, "$", "holds a string that is not valid Unicode");
        }
    }

    static void WriteAnnotation(Utf8JsonWriter json, ModelManifestContent content)
    {
        json.WriteStartObject("amnion");
        json.WriteString("format", ModelManifest.Format);
        json.WriteString("key_id", content.KeyId);
        json.WriteString("commitment", Convert.ToHexStringLower(content.Commitment.AsSpan()));
        json.WriteString("architecture", content.Architecture);
        json.WriteString("template", content.Template);
        json.WriteNumber("context_length", content.ContextLength);
        json.WriteNumber("parameters", content.Parameters);
        json.WriteStartArray("files");
        foreach (var file in content.Files)
        {
            json.WriteStartObject();
            json.WriteString("name", file.Name);
            json.WriteNumber("plain_length", file.PlainLength);
            json.WriteNumber("sealed_length", SealedStreamFormat.CiphertextLength(file.PlainLength));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void WritePredicate(Utf8JsonWriter json, ModelManifestContent content)
    {
        json.WriteStartArray("resources");
        foreach (var file in content.Files)
        {
            json.WriteStartObject();
            json.WriteString("name", file.Name);
            json.WriteString("algorithm", Algorithm);
            json.WriteString("digest", file.Sha256.Hex);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("serialization");
        json.WriteString("method", "files");
        json.WriteString("hash_type", Algorithm);
        json.WriteBoolean("allow_symlinks", false);
        json.WriteEndObject();
    }

    static ModelManifestContent ReadStatement(JsonObjectReader statement)
    {
        statement.Constant("_type", OmsStatement.StatementType);
        statement.Constant("predicateType", OmsStatement.PredicateType);
        var resources = ReadPredicate(statement.Object("predicate"));
        var subjects = statement.Objects("subject", 1, subject => ReadSubject(subject, resources));
        statement.End();
        return subjects.Length == 1 ? subjects[0] : throw statement.Refuse("subject", "must be one subject");
    }

    static ImmutableArray<(string Name, Digest Digest)> ReadPredicate(JsonObjectReader predicate)
    {
        var resources = predicate.Objects("resources", ModelManifest.MaxFiles, resource =>
        {
            var name = resource.Text("name", ModelFileNames.MaxLength);
            resource.Constant("algorithm", Algorithm);
            var digest = HexDigest(resource, "digest");
            resource.End();
            return (name, digest);
        });
        var serialization = predicate.Object("serialization");
        serialization.Constant("method", "files");
        serialization.Constant("hash_type", Algorithm);
        if (serialization.Flag("allow_symlinks"))
        {
            throw serialization.Refuse("allow_symlinks", "must be false");
        }

        serialization.End();
        predicate.End();
        return resources;
    }

    static ModelManifestContent ReadSubject(JsonObjectReader subject, ImmutableArray<(string Name, Digest Digest)> resources)
    {
        var name = subject.Text("name", 128);
        var digests = subject.Object("digest");
        var root = HexDigest(digests, Algorithm);
        digests.End();
        var annotations = subject.Object("annotations");
        var content = ReadAnnotation(annotations.Object("amnion"), name, resources);
        annotations.End();
        subject.End();
        return root == ModelManifest.RootDigest(content.Files)
            ? content
            : throw new ManifestFormatException(ModelCodes.ManifestInconsistent, "$.subject[0].digest.sha256", "is not the SHA-256 over the resources' digests");
    }

    static ModelManifestContent ReadAnnotation(JsonObjectReader annotation, string name, ImmutableArray<(string Name, Digest Digest)> resources)
    {
        annotation.Constant("format", ModelManifest.Format);
        var keyId = annotation.Text("key_id", 128);
        var commitment = Hex(annotation, "commitment", KeyCommitment.Length);
        var architecture = annotation.Text("architecture", 32);
        var template = annotation.Text("template", 32);
        var contextLength = (int)annotation.Integer("context_length", 1, int.MaxValue);
        var parameters = annotation.Integer("parameters", 1, MaxInteger);
        var lengths = annotation.Objects("files", ModelManifest.MaxFiles, ReadLengths);
        annotation.End();
        if (!lengths.Select(length => length.Name).SequenceEqual(resources.Select(resource => resource.Name), StringComparer.Ordinal))
        {
            throw new ManifestFormatException(ModelCodes.ManifestInconsistent, AnnotationPath + ".files", "does not name the same files as the resources, in the same order");
        }

        return new ModelManifestContent
        {
            Name = name,
            Files = [.. resources.Zip(lengths, (resource, length) => new ModelFile(resource.Name, resource.Digest, length.Plain))],
            KeyId = keyId,
            Commitment = [.. commitment],
            Architecture = architecture,
            Template = template,
            ContextLength = contextLength,
            Parameters = parameters,
        };
    }

    static (string Name, long Plain) ReadLengths(JsonObjectReader file)
    {
        var name = file.Text("name", ModelFileNames.MaxLength);
        var plain = file.Integer("plain_length", 0, SealedStreamFormat.MaxPlaintextLength);
        var expected = SealedStreamFormat.CiphertextLength(plain);
        if (file.Integer("sealed_length", 0, MaxInteger) != expected)
        {
            throw new ManifestFormatException(ModelCodes.ManifestInconsistent, AnnotationPath + ".files", $"gives a sealed length other than {expected} for a plain length of {plain}");
        }

        file.End();
        return (name, plain);
    }

    static Digest HexDigest(JsonObjectReader reader, string name) => Digest.FromBytes(Hex(reader, name, 32));

    static byte[] Hex(JsonObjectReader reader, string name, int length)
    {
        var text = reader.Text(name, 2 * length);
        return text.Length == 2 * length && text.All(char.IsAsciiHexDigitLower)
            ? Convert.FromHexString(text)
            : throw reader.Refuse(name, $"must be {length} bytes in lower-case hexadecimal");
    }
}
