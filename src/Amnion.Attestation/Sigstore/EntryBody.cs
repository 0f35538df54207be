using System.Security.Cryptography;
using System.Text;
using Amnion.Records;

namespace Amnion.Attestation.Sigstore;

/// <summary>
/// Compares what a log recorded with what the bundle holds: the same signature, by the same key or certificate, over the same content. Without
/// that, an inclusion proof of any other entry would do. The kinds are Rekor's: dsse, intoto and hashedrekord.
/// </summary>
static class EntryBody
{
    const int MaxSignatures = 16;
    const int MaxPem = 64 * 1024;
    const int MaxMember = SigstoreBundle.MaxLength;

    /// <summary>Everything that differs; empty where the entry is of this bundle.</summary>
    /// <param name="signer">DER of the signing certificate, or the SubjectPublicKeyInfo of the key.</param>
    /// <param name="artifact">The signed artifact, for bundles without envelope.</param>
    public static List<string> Compare(LogEntry entry, SigstoreBundle bundle, ReadOnlyMemory<byte> signer, ReadOnlyMemory<byte>? artifact)
    {
        var problems = new List<string>();
        try
        {
            using var document = CanonicalJson.Parse(entry.Body.Span, MaxMember, "entry");
            var body = new JsonObjectReader(document.RootElement, "entry");
            if (body.Text("kind") != entry.Kind || body.Text("apiVersion") != entry.Version)
            {
                problems.Add("is of another kind or version than the bundle says");
            }

            Compare(entry, body.Object("spec"), bundle, signer, artifact, problems);
        }
        catch (RecordFormatException exception)
        {
            problems.Add(exception.Message);
        }

        return problems;
    }

    static void Compare(LogEntry entry, JsonObjectReader spec, SigstoreBundle bundle, ReadOnlyMemory<byte> signer, ReadOnlyMemory<byte>? artifact, List<string> problems)
    {
        switch (entry.Kind, entry.Version, bundle.Envelope)
        {
            case ("dsse", "0.0.1", { } envelope):
                CompareHash(spec.Object("payloadHash"), "algorithm", "value", envelope.Payload, problems);
                CompareSignatures(spec, envelope, "signature", "verifier", signer, problems);
                break;
            case ("dsse", "0.0.2", { } envelope):
                var dsse = spec.Object("dsseV002");
                CompareHash(dsse.Object("payloadHash"), "algorithm", "digest", envelope.Payload, problems);
                CompareVersion2(dsse, envelope, signer, problems);
                break;
            case ("intoto", "0.0.2", { } envelope):
                var content = spec.Object("content");
                var recorded = content.Object("envelope");
                CompareHash(content.Object("payloadHash"), "algorithm", "value", envelope.Payload, problems);
                Require(recorded.Text("payloadType") == envelope.PayloadType, "payload type", problems);
                CompareSignatures(recorded, envelope, "sig", "publicKey", signer, problems);
                break;
            case ("hashedrekord", "0.0.1", null):
                var hash = spec.Object("data").Object("hash");
                CompareHash(hash, "algorithm", "value", artifact, problems);
                var signature = spec.Object("signature");
                Require(SameBytes(signature.Text("content", MaxMember), bundle.Signature), "signature", problems);
                Require(SamePem(signature.Object("publicKey").Text("content", MaxPem), signer), "signer", problems);
                break;
            case ("hashedrekord", "0.0.2", _):
                var record = spec.Object("hashedRekordV002");
                CompareHash(record.Object("data"), "algorithm", "digest", bundle.Envelope is null ? artifact : bundle.Envelope.ToSignedBytes(), problems);
                CompareVerifier(record.Object("signature"), bundle.Signature, signer, problems);
                break;
            default:
                problems.Add("is of a kind that does not record this content");
                break;
        }
    }

    /// <summary>Rekor v1 puts the signer as PEM in base64. An intoto entry's signature is base64 of the base64 that stood in the envelope.</summary>
    static void CompareSignatures(JsonObjectReader parent, DsseEnvelope envelope, string signatureName, string signerName, ReadOnlyMemory<byte> signer, List<string> problems)
    {
        var recorded = parent.Objects("signatures", MaxSignatures, item => (Signature: item.Text(signatureName, MaxMember), Signer: item.Text(signerName, MaxPem)));
        Require(recorded.Length == envelope.Signatures.Length, "number of signatures", problems);
        foreach (var (text, pem) in recorded)
        {
            Require(envelope.Signatures.Any(signature => SameBytes(text, signature) || SameBytes(text, Encoding.ASCII.GetBytes(Convert.ToBase64String(signature.Span)))), "signature", problems);
            Require(SamePem(pem, signer), "signer", problems);
        }
    }

    static void CompareVersion2(JsonObjectReader parent, DsseEnvelope envelope, ReadOnlyMemory<byte> signer, List<string> problems)
    {
        var count = 0;
        _ = parent.Objects("signatures", MaxSignatures, item =>
        {
            count++;
            CompareVerifier(item, envelope.Signatures.IsEmpty ? default : envelope.Signatures[0], signer, problems);
            return true;
        });
        Require(count == envelope.Signatures.Length, "number of signatures", problems);
    }

    static void CompareVerifier(JsonObjectReader item, ReadOnlyMemory<byte> signature, ReadOnlyMemory<byte> signer, List<string> problems)
    {
        var verifier = item.Object("verifier");
        var member = verifier.Has("x509Certificate") ? verifier.Object("x509Certificate") : verifier.Object("publicKey");
        Require(SameBytes(item.Text("content", MaxMember), signature), "signature", problems);
        Require(SameBytes(member.Text("rawBytes", MaxPem), signer), "signer", problems);
    }

    /// <summary>Rekor v1 writes "sha256" and hexadecimal, Rekor v2 "SHA2_256" and base64.</summary>
    static void CompareHash(JsonObjectReader reader, string algorithmName, string valueName, ReadOnlyMemory<byte>? content, List<string> problems)
    {
        var value = reader.Text(valueName, 256);
        if (content is not { } data)
        {
            problems.Add("cannot be compared without the artifact");
            return;
        }

        var same = reader.Text(algorithmName) switch
        {
            "sha256" => value == Convert.ToHexStringLower(SHA256.HashData(data.Span)),
            "sha384" => value == Convert.ToHexStringLower(SHA384.HashData(data.Span)),
            "sha512" => value == Convert.ToHexStringLower(SHA512.HashData(data.Span)),
            "SHA2_256" => SameBytes(value, SHA256.HashData(data.Span)),
            "SHA2_384" => SameBytes(value, SHA384.HashData(data.Span)),
            "SHA2_512" => SameBytes(value, SHA512.HashData(data.Span)),
            _ => false,
        };
        Require(same, "content's digest", problems);
    }

    static bool SameBytes(string base64, ReadOnlyMemory<byte> expected) => SigstoreJson.TryBytes(base64, out var bytes) && bytes.AsSpan().SequenceEqual(expected.Span);

    static bool SamePem(string base64, ReadOnlyMemory<byte> signer)
    {
        if (!SigstoreJson.TryBytes(base64, out var bytes))
        {
            return false;
        }

        var text = Encoding.Latin1.GetString(bytes);
        return text.AsSpan().Count("-----BEGIN ") == 1 && PemEncoding.TryFind(text, out var fields) && (text[fields.Label] is "CERTIFICATE" or "PUBLIC KEY")
            && SigstoreJson.TryBytes(text[fields.Base64Data].ReplaceLineEndings(string.Empty), out var der) && der.AsSpan().SequenceEqual(signer.Span);
    }

    static void Require(bool holds, string what, List<string> problems)
    {
        if (!holds)
        {
            problems.Add("records another " + what);
        }
    }
}
