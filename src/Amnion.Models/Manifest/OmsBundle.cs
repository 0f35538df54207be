using System.Collections.Immutable;
using Amnion.Records;

namespace Amnion.Models.Manifest;

/// <summary>A Sigstore bundle with a DSSE envelope, as OpenSSF Model Signing uses it (model-signing-spec v1.0).</summary>
public sealed class OmsBundle
{
    /// <summary>Bytes of a bundle: 16 MiB, for foreign models of very many files. Our own are below 1.5 MiB.</summary>
    public const int MaxLength = 16 << 20;

    /// <summary>The one bundle version in use.</summary>
    public const string MediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";

    const string Record = "signature bundle";
    const int MaxCertificates = 10;
    const int MaxCertificateBytes = 16 << 10;

    OmsBundle()
    {
    }

    /// <summary>How it was signed.</summary>
    public OmsMethod Method { get; private init; }

    /// <summary>SHA-256, in hexadecimal, of the signing key in PEM with a final line break; null where the bundle does not say.</summary>
    public string? KeyHint { get; private init; }

    /// <summary>The signing key in PEM, where the bundle carries it. It proves nothing by itself.</summary>
    public string? KeyPem { get; private init; }

    /// <summary>The signing certificate and those above it, DER.</summary>
    public ImmutableArray<ImmutableArray<byte>> Certificates { get; private init; } = [];

    /// <summary>The signed statement's bytes, not verified.</summary>
    public ReadOnlyMemory<byte> Payload { get; private init; }

    internal byte[] Signature { get; private init; } = [];

    /// <summary>Parses a bundle without verifying anything.</summary>
    /// <exception cref="BundleFormatException">It is not a bundle.</exception>
    public static OmsBundle Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            using var document = CanonicalJson.Parse(json, MaxLength, Record);
            var bundle = new JsonObjectReader(document.RootElement, Record);
            bundle.Constant("mediaType", MediaType);
            var envelope = bundle.Object("dsseEnvelope");
            envelope.Constant("payloadType", Dsse.PayloadType);
            var payload = Base64(envelope, "payload", MaxLength);
            var signatures = envelope.Objects("signatures", 1, ReadSignature);
            envelope.End();
            var parsed = ReadMaterial(bundle.Object("verificationMaterial"), payload, signatures.Length == 1 ? signatures[0] : throw envelope.Refuse("signatures", "must be one signature"));
            bundle.End();
            return parsed;
        }
        catch (RecordFormatException e)
        {
            throw new BundleFormatException(e.Path, "is not as the format has it", e.Offset);
        }
        catch (InvalidOperationException)
        {
            throw new BundleFormatException("$", "holds a string that is not valid Unicode");
        }
    }

    /// <summary>Verifies the bundle's signature and statement.</summary>
    /// <param name="trust">Whom to trust.</param>
    /// <param name="allowLegacy">True to accept what model-signing 0.2 signed; never needed for models signed since 2025.</param>
    public OmsVerification Verify(OmsTrust trust, bool allowLegacy = false)
    {
        ArgumentNullException.ThrowIfNull(trust);
        if (Method == OmsMethod.Sigstore)
        {
            return new OmsVerification.Unsupported(new ModelProblem(
                ModelCodes.MethodUnsupported, "verificationMaterial", "is Sigstore's, which needs the roots of its certificate authority and log; verify it with cosign or model-signing"));
        }

        var problems = ImmutableArray.CreateBuilder<ModelProblem>();
        var statement = OmsStatement.Parse(Payload.Span, out var problem);
        if (problem is not null)
        {
            problems.Add(problem);
        }

        var legacy = statement is { IsLegacy: true };
        if (legacy && !allowLegacy)
        {
            problems.Add(new ModelProblem(ModelCodes.LegacyNotAllowed, "predicateType", "is that of model-signing 0.2"));
        }

        VerifySignature(trust, legacy && allowLegacy, problems);
        return problems.Count == 0 ? new OmsVerification.Accepted(statement!) : new OmsVerification.Rejected(problems.ToImmutable());
    }

    static byte[] ReadSignature(JsonObjectReader signature)
    {
        // "keyid" may be absent, empty or null, and nothing uses it (model-signing-spec v1.0, envelope).
        _ = signature.OptionalText("keyid");
        var bytes = Base64(signature, "sig", 1024);
        signature.End();
        return bytes;
    }

    static OmsBundle ReadMaterial(JsonObjectReader material, byte[] payload, byte[] signature)
    {
        var method = (material.Has("publicKey"), material.Has("x509CertificateChain"), material.Has("certificate")) switch
        {
            (true, false, false) => OmsMethod.Key,
            (false, true, false) => OmsMethod.Certificate,
            (false, false, true) => OmsMethod.Sigstore,
            _ => throw material.Refuse("", "must hold exactly one of a public key, a certificate chain and a certificate"),
        };
        string? hint = null, pem = null;
        ImmutableArray<ImmutableArray<byte>> certificates = [];
        switch (method)
        {
            case OmsMethod.Key:
                (hint, pem) = ReadKey(material.Object("publicKey"));
                break;
            case OmsMethod.Certificate:
                certificates = material.Object("x509CertificateChain").Objects("certificates", MaxCertificates, ReadCertificate);
                break;
            default:
                certificates = [ReadCertificate(material.Object("certificate"))];
                break;
        }

        var entries = material.Has("tlogEntries") ? material.Array("tlogEntries", 16, (entry, _) => entry.ValueKind) : [];
        if ((method == OmsMethod.Certificate && certificates.IsEmpty) || (method == OmsMethod.Sigstore && entries.IsEmpty))
        {
            throw material.Refuse(method == OmsMethod.Certificate ? "x509CertificateChain" : "tlogEntries", "must not be empty");
        }

        // Timestamps belong to Sigstore's method; nothing here reads them.
        if (material.Has("timestampVerificationData"))
        {
            _ = material.Any("timestampVerificationData");
        }

        material.End();
        return new OmsBundle { Method = method, KeyHint = hint, KeyPem = pem, Certificates = certificates, Payload = payload, Signature = signature };
    }

    static (string? Hint, string? Pem) ReadKey(JsonObjectReader key)
    {
        var hint = key.OptionalText("hint");
        var pem = key.Has("rawBytes") ? System.Text.Encoding.Latin1.GetString(Base64(key, "rawBytes", 4096)) : null;
        _ = key.OptionalText("keyDetails");
        key.End();
        return hint is null && pem is null ? throw key.Refuse("hint", "is missing") : (hint, pem);
    }

    static ImmutableArray<byte> ReadCertificate(JsonObjectReader certificate) => [.. Base64(certificate, "rawBytes", MaxCertificateBytes)];

    static byte[] Base64(JsonObjectReader reader, string name, int maxBytes)
    {
        var text = reader.Text(name, checked(((maxBytes + 2) / 3 * 4) + 4));
        var bytes = new byte[text.Length / 4 * 3];

        // The alphabet has several spellings of the same bytes (unused low bits, white space); one is accepted.
        return text.Length > 0 && Convert.TryFromBase64String(text, bytes, out var length) && Convert.ToBase64String(bytes, 0, length) == text
            ? bytes[..length]
            : throw reader.Refuse(name, "must be base64");
    }

    void VerifySignature(OmsTrust trust, bool legacy, ImmutableArray<ModelProblem>.Builder problems)
    {
        switch (trust, Method)
        {
            case (OmsTrust.Key key, OmsMethod.Key):
                OmsKeys.CheckNamed(this, key.PublicKey, problems);
                OmsKeys.CheckSignature(this, key.PublicKey, legacy, problems);
                break;
            case (OmsTrust.Roots roots, OmsMethod.Certificate):
                using (var certified = OmsCertificates.Verify(Certificates, roots, problems))
                {
                    OmsKeys.CheckSignature(this, certified, legacy, problems);
                }

                break;
            default:
                problems.Add(new ModelProblem(ModelCodes.MethodMismatch, "verificationMaterial", $"is of method {Method}, which the given trust does not cover"));
                break;
        }
    }
}
