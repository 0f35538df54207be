using System.Security.Cryptography;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Nvidia;

/// <summary>
/// The enveloped signature of a manifest: XML Signature 1.1 (W3C REC-xmldsig-core1-20130411) in the only profile NVIDIA uses. One reference
/// to the whole document without the signature, Canonical XML 1.1, SHA-384, ECDSA on P-384. With a choice of transforms or references, what is
/// signed and what is read could differ.
/// </summary>
sealed record RimSignature
{
    readonly VerifiedSignature _verified = new();

    public const string Namespace = "http://www.w3.org/2000/09/xmldsig#";

    const string Canonical = "http://www.w3.org/2006/12/xml-c14n11";
    const string Enveloped = Namespace + "enveloped-signature";
    const string EcdsaSha384 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384";
    const string Sha384 = "http://www.w3.org/2001/04/xmldsig-more#sha384";
    const int DigestLength = 48;
    const int SignatureLength = 96;

    /// <summary>Canonical SignedInfo: what the key signed.</summary>
    public required byte[] SignedInfo { get; init; }

    /// <summary>SHA-384 that it states of the document without the signature.</summary>
    public required byte[] StatedDigest { get; init; }

    /// <summary>SHA-384 that the document has.</summary>
    public required byte[] ActualDigest { get; init; }

    /// <summary>r‖s, 96 bytes.</summary>
    public required byte[] Value { get; init; }

    /// <summary>Certificates in their order, DER.</summary>
    public required List<ReadOnlyMemory<byte>> Certificates { get; init; }

    /// <summary>Whether the document is the one that was signed.</summary>
    public bool DigestMatches => StatedDigest.AsSpan().SequenceEqual(ActualDigest);

    /// <summary>Reads the only signature, the last child of the root.</summary>
    /// <exception cref="NvidiaFormatException">None there, or another profile.</exception>
    public static RimSignature Read(RimElement root)
    {
        var signature = root.Only(Namespace, "Signature");
        if (root.Elements.Last() != signature || Count(root) != 1)
        {
            throw signature.Refuse("is not the last element, or not the only signature");
        }

        var parts = Children(signature, "SignedInfo", "SignatureValue", "KeyInfo");
        var signedInfo = Children(parts[0], "CanonicalizationMethod", "SignatureMethod", "Reference");
        Algorithm(signedInfo[0], Canonical);
        Algorithm(signedInfo[1], EcdsaSha384);
        var reference = signedInfo[2];
        if (reference.Attributes is not [{ LocalName: "URI", Namespace: "", Value: "" }])
        {
            throw reference.Refuse("does not refer to the whole document");
        }

        var referenceParts = Children(reference, "Transforms", "DigestMethod", "DigestValue");
        var transforms = Children(referenceParts[0], "Transform", "Transform");
        Algorithm(transforms[0], Enveloped);
        Algorithm(transforms[1], Canonical);
        Algorithm(referenceParts[1], Sha384);
        var data = Children(parts[2], "X509Data")[0];
        return new RimSignature
        {
            SignedInfo = RimCanonicalizer.Write(parts[0]),
            StatedDigest = Base64(referenceParts[2], DigestLength),
            ActualDigest = SHA384.HashData(RimCanonicalizer.Write(root, signature)),
            Value = Base64(parts[1], SignatureLength),
            Certificates = [.. Certificate(data)],
        };
    }

    /// <summary>Whether the key of that certificate signed.</summary>
    public bool IsSignedBy(Certificate certificate) => _verified.IsBy(certificate, this, static (key, signature) => key.Kind == KeyKind.P384 && key.VerifyFixed(signature.SignedInfo, signature.Value, HashAlgorithmName.SHA384));

    static int Count(RimElement element) => (element.Is(Namespace, "Signature") ? 1 : 0) + element.Elements.Sum(Count);

    /// <summary>Exactly these children, in this order, and no text beside them.</summary>
    static List<RimElement> Children(RimElement element, params ReadOnlySpan<string> names)
    {
        var children = element.Elements.ToList();
        var fits = children.Count == names.Length && !element.HasText;
        for (var i = 0; fits && i < names.Length; i++)
        {
            fits = children[i].Is(Namespace, names[i]);
        }

        return fits ? children : throw element.Refuse("does not consist of " + string.Join(", ", names!));
    }

    static void Algorithm(RimElement element, string expected)
    {
        if (element.Attributes is not [{ LocalName: "Algorithm", Namespace: "" } algorithm] || algorithm.Value != expected || element.Content.Count > 0)
        {
            throw element.Refuse($"does not name the algorithm {expected} and nothing else");
        }
    }

    static IEnumerable<ReadOnlyMemory<byte>> Certificate(RimElement data)
    {
        var certificates = data.Elements.ToList();
        if (certificates.Count is 0 or > NvidiaChain.MaxCount || data.HasText || certificates.Exists(certificate => !certificate.Is(Namespace, "X509Certificate")))
        {
            throw data.Refuse("does not consist of 1 to 8 X509Certificate");
        }

        return certificates.Select(certificate => (ReadOnlyMemory<byte>)Base64(certificate, null));
    }

    static byte[] Base64(RimElement element, int? length)
    {
        var text = element.Text;
        var buffer = new byte[text.Length];
        return element.Attributes.Count == 0 && !element.Elements.Any() && Convert.TryFromBase64String(text, buffer, out var written) && (length is null || written == length)
            ? buffer[..written]
            : throw element.Refuse(length is null ? "is not base64" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"is not base64 of {length} bytes"));
    }
}
