using System.Collections.Immutable;

namespace Amnion.Records.Frames;

/// <summary>What the host asks an enclave to become: what is measured before the first key exists, besides release version and egress schema, which the program itself states. "amnion/boot/1".</summary>
public sealed record BootRequest
{
    /// <summary>The format's name.</summary>
    public const string Format = "amnion/boot/1";

    /// <summary>Most bytes accepted.</summary>
    public const int MaxLength = 6 * 1024 * 1024;

    /// <summary>Most bytes of a signature bundle: a whole manifest in base64, and room for the rest.</summary>
    public const int MaxSignatureLength = 2 * 1024 * 1024;

    /// <summary>Canonical bytes of the model manifest (register 16).</summary>
    public required ImmutableArray<byte> Manifest { get; init; }

    /// <summary>The manifest's signature bundle; checked against the signer named in the engine configuration.</summary>
    public required ImmutableArray<byte> Signature { get; init; }

    /// <summary>SubjectPublicKeyInfo of the model signer; its SHA-256 must be the one in the engine configuration.</summary>
    public required ImmutableArray<byte> ModelSigner { get; init; }

    /// <summary>Canonical bytes of <see cref="EngineConfiguration"/> (register 17).</summary>
    public required ImmutableArray<byte> Engine { get; init; }

    /// <summary>Most bytes of a guard policy.</summary>
    public const int MaxGuardLength = 256 * 1024;

    /// <summary>Canonical bytes of the guard policy (register 18), "amnion/guard-policy/1".</summary>
    public required ImmutableArray<byte> Guard { get; init; }

    /// <summary>Canonical bytes of <see cref="SuitePolicy"/> (register 21).</summary>
    public required ImmutableArray<byte> Suites { get; init; }

    /// <summary>Parses strictly.</summary>
    /// <exception cref="RecordFormatException">Anything the format does not allow.</exception>
    public static BootRequest Parse(ReadOnlySpan<byte> json)
    {
        using var document = CanonicalJson.Parse(json, MaxLength, Format);
        var reader = new JsonObjectReader(document.RootElement, Format);
        reader.Constant("format", Format);
        var request = new BootRequest
        {
            Manifest = reader.Bytes("manifest", EvidenceBundle.MaxPreimageLength, 1),
            Signature = reader.Bytes("signature", MaxSignatureLength, 1),
            ModelSigner = reader.Bytes("model_signer", 256, 1),
            Engine = reader.Bytes("engine", 8192, 1),
            Guard = reader.Bytes("guard", MaxGuardLength, 1),
            Suites = reader.Bytes("suites", 4096, 1),
        };
        reader.End();
        return request;
    }

    /// <summary>The canonical JSON.</summary>
    public byte[] ToJson() => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteBytes("manifest", Manifest.AsSpan());
        json.WriteBytes("signature", Signature.AsSpan());
        json.WriteBytes("model_signer", ModelSigner.AsSpan());
        json.WriteBytes("engine", Engine.AsSpan());
        json.WriteBytes("guard", Guard.AsSpan());
        json.WriteBytes("suites", Suites.AsSpan());
        json.WriteEndObject();
    });
}
