using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Amnion.Records;

/// <summary>
/// Who may call, as a signed, versioned, expiring release: "amnion/config/1" inside "amnion/signed-config/1".
/// The enclave takes it only from the key measured in register 17, only while it is valid, and never an older version.
/// </summary>
public sealed record ConfigurationRelease
{
    /// <summary>The content's format.</summary>
    public const string Format = "amnion/config/1";

    /// <summary>The signed envelope's format.</summary>
    public const string EnvelopeFormat = "amnion/signed-config/1";

    /// <summary>Most bytes of a signed release.</summary>
    public const int MaxLength = 1024 * 1024;

    /// <summary>Longest validity, milliseconds: 24 hours, so that a relay cannot serve yesterday's.</summary>
    public const long MaxLifetimeMs = 24L * 3600 * 1000;

    /// <summary>Counter that only grows.</summary>
    public required long Version { get; init; }

    /// <summary>Unix milliseconds of issue.</summary>
    public required long Issued { get; init; }

    /// <summary>Unix milliseconds after which it is refused.</summary>
    public required long Expires { get; init; }

    /// <summary>Who may call.</summary>
    public required ImmutableArray<Tenant> Tenants { get; init; }

    /// <summary>Parses the content strictly.</summary>
    /// <exception cref="RecordFormatException">Anything the format does not allow.</exception>
    public static ConfigurationRelease Parse(ReadOnlySpan<byte> json)
    {
        using var document = CanonicalJson.Parse(json, MaxLength, Format);
        var reader = new JsonObjectReader(document.RootElement, Format);
        reader.Constant("format", Format);
        var release = new ConfigurationRelease
        {
            Version = reader.Integer("version", 1, long.MaxValue >> 11),
            Issued = reader.Integer("issued", 0, long.MaxValue >> 11),
            Expires = reader.Integer("expires", 0, long.MaxValue >> 11),
            Tenants = reader.Objects("tenants", 1024, Tenant.Read),
        };
        reader.End();
        if (release.Expires <= release.Issued || release.Expires - release.Issued > MaxLifetimeMs)
        {
            throw reader.Refuse("expires", "must be at most 24 hours after issued");
        }

        return release.Tenants.SelectMany(tenant => tenant.KeyHashes).Distinct().Count() == release.Tenants.Sum(tenant => tenant.KeyHashes.Length)
            ? release
            : throw reader.Refuse("tenants", "name the same key twice");
    }

    /// <summary>The canonical JSON of the content.</summary>
    public byte[] ToJson() => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteNumber("version", Version);
        json.WriteNumber("issued", Issued);
        json.WriteNumber("expires", Expires);
        json.WriteStartArray("tenants");
        foreach (var tenant in Tenants)
        {
            tenant.Write(json);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>The signed envelope: content, SubjectPublicKeyInfo and ES256 signature over the content (IEEE P1363).</summary>
    public byte[] Sign(ECDsa key)
    {
        var content = ToJson();
        var signature = key.SignData(content, HashAlgorithmName.SHA256);
        var signer = key.ExportSubjectPublicKeyInfo();
        return CanonicalJson.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("format", EnvelopeFormat);
            json.WriteBytes("content", content);
            json.WriteBytes("signer", signer);
            json.WriteBytes("signature", signature);
            json.WriteEndObject();
        });
    }

    /// <summary>Opens an envelope; null where the signer is another key or the signature is wrong.</summary>
    /// <exception cref="RecordFormatException">The envelope or its content is malformed.</exception>
    public static ConfigurationRelease? Verify(ReadOnlySpan<byte> envelope, Digest signer)
    {
        using var document = CanonicalJson.Parse(envelope, MaxLength, EnvelopeFormat);
        var reader = new JsonObjectReader(document.RootElement, EnvelopeFormat);
        reader.Constant("format", EnvelopeFormat);
        var content = reader.Bytes("content", MaxLength);
        var key = reader.Bytes("signer", 256, 1);
        var signature = reader.Bytes("signature", 64, 64);
        reader.End();
        if (Digest.Sha256(key.AsSpan()) != signer || !Signatures.VerifyEs256(key.AsSpan(), content.AsSpan(), signature.AsSpan()))
        {
            return null;
        }

        return Parse(content.AsSpan());
    }
}
