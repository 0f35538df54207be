using System.Text.Json;
using Amnion.Guard.Tokens;
using Amnion.Records;

namespace Amnion.Guard.Fields;

/// <summary>Reads and writes amnion/sealed-fields/1: a document's content with its protected values replaced, and the signature over it.</summary>
static class SealedFields
{
    public const string Format = "amnion/sealed-fields/1";

    /// <summary>Deepest nesting of an envelope: one level more than its content.</summary>
    public const int Depth = FieldLimits.MaxDepth + 1;

    /// <summary>Bytes of content that leave room for the other members.</summary>
    public const int MaxContentLength = FieldLimits.MaxSealedLength - 512;

    static readonly string[] s_members = ["content", "format", "key_version", "policy", "signature"];

    public static byte[] Write(ReadOnlySpan<byte> content, Digest policy, int version, ReadOnlySpan<byte> signature)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(content.Length + 256);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("format", Format);
            writer.WriteDigest("policy", policy);
            writer.WriteNumber("key_version", version);
            writer.WritePropertyName("content");
            writer.WriteRawValue(content, skipInputValidation: true);
            writer.WriteBytes("signature", signature);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="FieldFormatException">Not an envelope.</exception>
    public static (FieldNode Content, string Policy, string Version, byte[] Signature) Read(ReadOnlySpan<byte> json)
    {
        var root = FieldTree.Parse(json, FieldLimits.MaxSealedLength, Depth, FieldLimits.MaxValues + s_members.Length);
        if (root.Kind != JsonTokenType.StartObject || !root.Children.Select(member => member.Name!).Order(StringComparer.Ordinal).SequenceEqual(s_members))
        {
            throw Refuse("$", "must be an object with exactly the members of amnion/sealed-fields/1");
        }

        if (root.Member("format")!.Text != Format)
        {
            throw Refuse("format", $"must be \"{Format}\"");
        }

        var version = root.Member("key_version")!;
        if (version.Kind != JsonTokenType.Number || version.End - version.Start > 9)
        {
            throw Refuse("key_version", "must be an integer");
        }

        if (!TokenText.TryDecode(root.Member("signature")!.Text, 32, out var signature) || signature.Length != 32)
        {
            throw Refuse("signature", "must be 32 bytes in base64url without padding");
        }

        return (root.Member("content")!, root.Member("policy")!.Text ?? "", System.Text.Encoding.ASCII.GetString(json[version.Start..version.End]), signature);
    }

    static FieldFormatException Refuse(string field, string problem) => new(FieldCodes.MalformedDocument, field, problem);
}
