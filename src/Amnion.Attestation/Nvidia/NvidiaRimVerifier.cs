using System.Collections.Immutable;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Nvidia;

/// <summary>Verifies a Reference Integrity Manifest: what its signature covers, who signed, and on whose authority.</summary>
public static class NvidiaRimVerifier
{
    /// <summary>Verifies a manifest alone.</summary>
    /// <param name="rim">The manifest.</param>
    /// <param name="verification">Anchors, time, endorsements.</param>
    public static NvidiaVerified Verify(NvidiaRim rim, NvidiaVerification verification)
    {
        ArgumentNullException.ThrowIfNull(rim);
        ArgumentNullException.ThrowIfNull(verification);
        var checks = new CheckList(verification.MaySkip);
        var responses = OcspVerifier.ParseAll(verification.Endorsements.OcspResponses, anyTimeForm: true, verification.Cache, checks);
        Verify("manifest", rim, verification, responses, checks);
        return new NvidiaVerified(checks.ToImmutable(), []);
    }

    /// <summary>Compares a report with one manifest: the version that it is for, and every slot that it has values for. Verifies neither.</summary>
    /// <param name="rim">The manifest.</param>
    /// <param name="report">The report.</param>
    public static ImmutableArray<AttestationCheck> Compare(NvidiaRim rim, NvidiaReport report)
    {
        ArgumentNullException.ThrowIfNull(rim);
        ArgumentNullException.ThrowIfNull(report);
        var checks = new CheckList();
        CheckFit("manifest", rim, report, null, checks);
        _ = NvidiaComparison.Compare(report, rim.Kind == NvidiaRimKind.Driver ? new NvidiaRimSelection { Driver = rim } : new NvidiaRimSelection { Vbios = rim }, checks);
        return checks.ToImmutable();
    }

    internal static void Verify(string name, NvidiaRim rim, NvidiaVerification verification, List<OcspResponse> responses, CheckList checks)
    {
        var signature = rim.Signature;
        checks.Add(NvidiaRules.RimDigest, signature.DigestMatches, Convert.ToHexStringLower(signature.StatedDigest), Convert.ToHexStringLower(signature.ActualDigest), Name(name, NvidiaRules.RimDigest));
        checks.Add(NvidiaRules.RimSignature, signature.IsSignedBy(rim.Chain.Leaf), "ECDSA on P-384 with SHA-384", name: Name(name, NvidiaRules.RimSignature));
        NvidiaChains.VerifyRim(name, rim.Chain, verification, responses, checks);
    }

    /// <param name="name">Put before each check's name.</param>
    /// <param name="rim">The manifest.</param>
    /// <param name="report">What it is to fit.</param>
    /// <param name="chip">The chip of the device's certificate; null where none was given.</param>
    /// <param name="checks">Gets the results.</param>
    internal static void CheckFit(string name, NvidiaRim rim, NvidiaReport report, string? chip, CheckList checks)
    {
        var version = rim.Kind == NvidiaRimKind.Driver ? report.DriverVersion : report.VbiosVersion;
        checks.Add(NvidiaRules.RimVersion, rim.Version == version, version ?? "no version in the report", rim.Version, Name(name, NvidiaRules.RimVersion));
        var edition = report.Kind == NvidiaDeviceKind.Gpu ? "GPU" : "SWITCH";
        checks.Add(NvidiaRules.RimProduct, rim.Edition == edition && (chip is null || rim.Product == chip), $"{edition} {chip}".TrimEnd(), $"{rim.Edition} {rim.Product}", Name(name, NvidiaRules.RimProduct));
    }

    static string Name(string name, CheckRule rule) => $"{name}: {rule.Name}";
}
