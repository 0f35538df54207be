using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Nvidia;

/// <summary>Verifies NVIDIA's chains: P-384 and ECDSA with SHA-384 throughout, OCSP answers for every CA.</summary>
static class NvidiaChains
{
    /// <summary>Root, identity CA of the chip, provisioner, boot ROM, firmware.</summary>
    public const int DeviceLength = 5;

    static readonly ChainProfile s_profile = new()
    {
        Keys = [KeyKind.P384],
        Signatures = [new SignatureAlgorithm(SignatureScheme.Ecdsa, HashAlgorithmName.SHA384)],
    };

    static readonly ChainProfile s_device = s_profile with { Name = "device chain" };

    /// <summary>A CA takes the leaf's place, and must be allowed what a CA must.</summary>
    static readonly ChainProfile s_issuer = s_profile with
    {
        Name = "issuer chain",
        LeafUsage = X509KeyUsageFlags.KeyCertSign,
        Rules = PathRules.X509 with { DigitalSignature = PathRules.X509.KeyCertSign },
    };

    public static void VerifyDevice(NvidiaChain chain, NvidiaVerification verification, List<OcspResponse> responses, CheckList checks)
    {
        checks.Add(NvidiaRules.ChainLength, chain.LeafFirst.Count == DeviceLength, "5", chain.LeafFirst.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));

        // The leaf is made by the device itself at every start, so that no responder knows it.
        Verify(chain, s_device, verification.DeviceAnchors, firstWithOcsp: 1, verification, responses, checks);
    }

    public static void VerifyRim(string name, NvidiaChain chain, NvidiaVerification verification, List<OcspResponse> responses, CheckList checks) =>
        Verify(chain, s_profile with { Name = name + " chain" }, verification.RimAnchors, firstWithOcsp: 0, verification, responses, checks);

    public static OcspContext Ocsp(NvidiaVerification verification) => new()
    {
        At = verification.At,
        ClockSkew = verification.ClockSkew,
        Nonce = verification.OcspNonce,
        AllowsOtherNonce = verification.AllowOtherOcspNonce,
        Revoked = verification.Revoked,
        Profile = s_profile,
    };

    public static PathContext Path(ImmutableArray<TrustAnchor> anchors, NvidiaVerification verification) => new()
    {
        Anchors = anchors,
        At = verification.At,
        RevocationLists = verification.Endorsements.RevocationLists,
        Revoked = verification.Revoked,
        Cache = verification.Cache,
    };

    /// <summary>The issuer of OCSP answers as a CA right below or at a root: its own chain, without OCSP.</summary>
    public static void VerifyIssuer(IReadOnlyList<Certificate> rootFirst, NvidiaVerification verification, CheckList checks) => CertificatePath.Verify(
        rootFirst,
        s_issuer,
        Path([.. verification.DeviceAnchors, .. verification.RimAnchors], verification),
        checks);

    static void Verify(NvidiaChain chain, ChainProfile profile, ImmutableArray<TrustAnchor> anchors, int firstWithOcsp, NvidiaVerification verification, List<OcspResponse> responses, CheckList checks)
    {
        CertificatePath.Verify([.. chain.LeafFirst.Reverse()], profile, Path(anchors, verification), checks);
        var ocsp = new OcspVerifier(Ocsp(verification), profile.Name);
        for (var i = firstWithOcsp; i < chain.LeafFirst.Count - 1; i++)
        {
            ocsp.Check(chain.Subject(i), chain.LeafFirst[i], chain.LeafFirst[i + 1], responses);
        }

        ocsp.Report(checks);
    }
}
