using System.Security.Cryptography;
using System.Text;
using Amnion.Records;

namespace Amnion.Models.Manifest;

/// <summary>A manifest's signature: a bundle of OpenSSF Model Signing's key method, which other verifiers read too.</summary>
public static class ModelSignature
{
    /// <summary>Signs a manifest.</summary>
    /// <param name="manifest">The manifest; its canonical bytes are the DSSE payload.</param>
    /// <param name="key">Private key, P-256, P-384 or P-521.</param>
    /// <returns>The bundle, file "model.sig".</returns>
    /// <exception cref="ArgumentException">A key on another curve.</exception>
    public static byte[] Sign(ModelManifest manifest, ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(key);
        var hash = OmsKeys.Hash(key) ?? throw new ArgumentException("A signing key is on P-256, P-384 or P-521.", nameof(key));
        var signature = key.SignData(Dsse.Encode(manifest.Bytes.Span), hash, DSASignatureFormat.Rfc3279DerSequence);
        var pem = OmsKeys.Pem(key);
        return CanonicalJson.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("mediaType", OmsBundle.MediaType);
            json.WriteStartObject("verificationMaterial");
            json.WriteStartObject("publicKey");
            json.WriteString("hint", OmsKeys.Hint(pem));

            // The enclave knows its signer by digest only, and takes the key from here.
            json.WriteString("rawBytes", Convert.ToBase64String(Encoding.ASCII.GetBytes(pem)));
            json.WriteEndObject();
            json.WriteStartArray("tlogEntries");
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteStartObject("dsseEnvelope");
            json.WriteString("payload", Convert.ToBase64String(manifest.Bytes.Span));
            json.WriteString("payloadType", Dsse.PayloadType);
            json.WriteStartArray("signatures");
            json.WriteStartObject();
            json.WriteString("keyid", string.Empty);
            json.WriteString("sig", Convert.ToBase64String(signature));
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    /// <summary>Verifies that <paramref name="key"/> signed exactly this manifest.</summary>
    /// <param name="bundle">The bytes of "model.sig": untrusted.</param>
    /// <param name="manifest">The manifest it should be for.</param>
    /// <param name="key">The signer's public key.</param>
    /// <exception cref="BundleFormatException">The bundle is malformed.</exception>
    public static OmsVerification Verify(ReadOnlySpan<byte> bundle, ModelManifest manifest, ECDsa key) => Verify(OmsBundle.Parse(bundle), manifest, key);

    /// <summary>As above, for a signer known by the SHA-256 of its SubjectPublicKeyInfo; the bundle must carry the key.</summary>
    /// <exception cref="BundleFormatException">The bundle is malformed.</exception>
    public static OmsVerification Verify(ReadOnlySpan<byte> bundle, ModelManifest manifest, Digest signer)
    {
        var parsed = OmsBundle.Parse(bundle);

        // Compared before it is imported: only a key that is already trusted reaches the key parser.
        if (OmsKeys.SubjectPublicKeyInfo(parsed.KeyPem) is not { } info || Digest.Sha256(info) != signer)
        {
            return new OmsVerification.Rejected(
                [new ModelProblem(ModelCodes.SignatureKeyMismatch, "verificationMaterial.publicKey", "is not the key of the expected signer")]);
        }

        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(info, out _);
        return Verify(parsed, manifest, key);
    }

    static OmsVerification Verify(OmsBundle bundle, ModelManifest manifest, ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var outcome = bundle.Verify(new OmsTrust.Key(key));
        if (bundle.Payload.Span.SequenceEqual(manifest.Bytes.Span))
        {
            return outcome;
        }

        var other = new ModelProblem(ModelCodes.SignedOtherManifest, "dsseEnvelope.payload", $"is not the manifest {manifest.Digest}");
        return new OmsVerification.Rejected(outcome is OmsVerification.Rejected rejected ? rejected.Problems.Add(other) : [other]);
    }
}
