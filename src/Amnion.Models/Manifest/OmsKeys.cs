using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Amnion.Models.Manifest;

/// <summary>Elliptic-curve keys as bundles use them: the curve decides the hash, signatures are DER.</summary>
static class OmsKeys
{
    /// <summary>The key's PEM as bundles name it: with a final line break.</summary>
    public static string Pem(ECDsa key) => key.ExportSubjectPublicKeyInfoPem() + "\n";

    /// <summary>The key's SubjectPublicKeyInfo out of untrusted PEM, or null.</summary>
    public static byte[]? SubjectPublicKeyInfo(string? pem)
    {
        if (pem is null || !PemEncoding.TryFind(pem, out var fields) || pem[fields.Label] != "PUBLIC KEY")
        {
            return null;
        }

        return Convert.FromBase64String(pem[fields.Base64Data]);
    }

    /// <summary>The hash that goes with the key's curve, or null for a curve that is not accepted.</summary>
    public static HashAlgorithmName? Hash(ECDsa key)
    {
        // By identifier, since other curves have the same sizes.
        var curve = key.ExportParameters(includePrivateParameters: false).Curve;
        return (curve.IsNamed ? curve.Oid.Value : null) switch
        {
            "1.2.840.10045.3.1.7" => HashAlgorithmName.SHA256,
            "1.3.132.0.34" => HashAlgorithmName.SHA384,
            "1.3.132.0.35" => HashAlgorithmName.SHA512,
            _ => null,
        };
    }

    public static string Hint(string pem) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(pem)));

    /// <summary>Reports where the bundle names another key than the given one.</summary>
    public static void CheckNamed(OmsBundle bundle, ECDsa key, ImmutableArray<ModelProblem>.Builder problems)
    {
        var pem = Pem(key);
        if ((bundle.KeyHint is { } hint && hint != Hint(pem)) || (bundle.KeyPem is { } named && named != pem))
        {
            problems.Add(new ModelProblem(ModelCodes.SignatureKeyMismatch, "verificationMaterial.publicKey", "names another key than the one given"));
        }
    }

    /// <summary>Reports a signature that does not verify.</summary>
    public static void CheckSignature(OmsBundle bundle, ECDsa? key, bool legacy, ImmutableArray<ModelProblem>.Builder problems)
    {
        // model-signing 0.2 used SHA-256 with every curve.
        var hash = key is null ? null : legacy ? HashAlgorithmName.SHA256 : Hash(key);
        var signed = legacy ? Dsse.EncodeLegacy(bundle.Payload.Span) : Dsse.Encode(bundle.Payload.Span);
        if (hash is null || !Verifies(key!, signed, bundle.Signature, hash.Value))
        {
            problems.Add(new ModelProblem(ModelCodes.SignatureInvalid, "dsseEnvelope.signatures[0].sig", "does not verify"));
        }
    }

    static bool Verifies(ECDsa key, byte[] signed, byte[] signature, HashAlgorithmName hash)
    {
        try
        {
            return key.VerifyData(signed, signature, hash, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            // A signature that is no DER sequence of two integers.
            return false;
        }
    }
}
