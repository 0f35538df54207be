using System.Globalization;
using System.Security.Cryptography;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Nvidia;

/// <summary>Verifies a device's report with its chain, manifests and OCSP responses; every failing check is listed.</summary>
public static class NvidiaVerifier
{
    /// <summary>Newest version of opaque data that NVIDIA's SDK of 2026 reads.</summary>
    const ulong LatestOpaqueVersion = 1;

    /// <summary>Verifies.</summary>
    /// <param name="evidence">Report and chain.</param>
    /// <param name="verification">Anchors, time, endorsements.</param>
    public static NvidiaVerified Verify(NvidiaEvidence evidence, NvidiaVerification verification)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(verification);
        var checks = new CheckList(verification.MaySkip);
        return Verify(evidence, verification, checks, out _);
    }

    /// <summary>Verifies a device's certificates alone, as far as that goes without a report.</summary>
    /// <param name="chain">The certificates, leaf first.</param>
    /// <param name="verification">Anchors, time, endorsements.</param>
    public static NvidiaVerified VerifyChain(NvidiaChain chain, NvidiaVerification verification)
    {
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(verification);
        var checks = new CheckList(verification.MaySkip);
        var responses = OcspVerifier.ParseAll(verification.Endorsements.OcspResponses, anyTimeForm: true, verification.Cache, checks);
        NvidiaChains.VerifyDevice(chain, verification, responses, checks);
        return new NvidiaVerified(checks.ToImmutable(), []);
    }

    /// <summary>As above, into a list.</summary>
    /// <param name="evidence">Report and chain.</param>
    /// <param name="verification">Anchors, time, endorsements.</param>
    /// <param name="checks">Gets the results.</param>
    /// <param name="debug">Why the device counts as one that can be debugged, null where debugging is shown to be off; and whether its state is known at all.</param>
    internal static NvidiaVerified Verify(NvidiaEvidence evidence, NvidiaVerification verification, CheckList checks, out (string? Found, bool IsKnown) debug)
    {
        var (report, chain) = (evidence.Report, evidence.Chain);
        checks.Add(NvidiaRules.Report, CheckOutcome.Pass);
        CheckReport(report, chain, checks);
        CheckNonce(report, verification, checks);
        CheckContainer(evidence, checks);
        var responses = OcspVerifier.ParseAll(verification.Endorsements.OcspResponses, anyTimeForm: true, verification.Cache, checks);
        NvidiaChains.VerifyDevice(chain, verification, responses, checks);
        CheckArchitecture(report, chain, checks);
        var firmware = DiceFirmware.From(chain.Leaf);
        CheckFirmware(report, firmware, checks);
        var rims = NvidiaRimSelection.Select(report, verification.Endorsements.Rims, verification.Cache, checks);
        foreach (var (name, rim) in rims.Named)
        {
            NvidiaRimVerifier.Verify(name, rim, verification, responses, checks);
            NvidiaRimVerifier.CheckFit(name, rim, report, chain.Chip, checks);
        }

        var comparison = NvidiaComparison.Compare(report, rims, checks);
        debug = DebugState(comparison, firmware);
        CheckState(debug, verification.DangerousAllowDebug, checks);
        var all = checks.ToImmutable();
        return new NvidiaVerified(all, NvidiaClaims.Of(evidence, rims, comparison, all));
    }

    static void CheckReport(NvidiaReport report, NvidiaChain chain, CheckList checks)
    {
        checks.Add(NvidiaRules.Signature, chain.Leaf.Key is { Kind: KeyKind.P384 } key && key.VerifyFixed(report.SignedBytes.Span, report.Signature.Span, HashAlgorithmName.SHA384), "ECDSA on P-384 with SHA-384 over request and response");
        checks.Add(NvidiaRules.Request, report is { RequestAttributes: 1, RequestOperation: 255 }, "Param1 1, Param2 255", Text($"Param1 {report.RequestAttributes}, Param2 {report.RequestOperation}"));
        checks.Add(NvidiaRules.Slot, report.Slot == report.ResponseSlot, Text($"slot {report.Slot}"), Text($"slot {report.ResponseSlot}"));
        var padded = report.PaddingLength > 0;
        checks.Add(NvidiaRules.Padding, padded ? CheckOutcome.Skip : CheckOutcome.Pass, actual: padded ? Text($"{report.PaddingLength} zero bytes, not signed") : null, required: false);
        checks.Add(NvidiaRules.OpaqueVersion, report.OpaqueVersion <= LatestOpaqueVersion, Text($"0 to {LatestOpaqueVersion}"), Text($"{report.OpaqueVersion}"));
    }

    static void CheckNonce(NvidiaReport report, NvidiaVerification verification, CheckList checks)
    {
        if (verification.Nonce.IsEmpty)
        {
            checks.Add(NvidiaRules.Nonce, CheckOutcome.Skip, actual: "no nonce was given", required: false);
            return;
        }

        checks.Add(NvidiaRules.Nonce, report.Nonce.Span.SequenceEqual(verification.Nonce.Span), Convert.ToHexStringLower(verification.Nonce.Span), Convert.ToHexStringLower(report.Nonce.Span));
    }

    static void CheckContainer(NvidiaEvidence evidence, CheckList checks)
    {
        var problems = new List<string>();
        Compare("nonce", evidence.StatedNonce, Convert.ToHexStringLower(evidence.Report.Nonce.Span));
        Compare("driver_version", evidence.StatedDriverVersion, evidence.Report.DriverVersion);
        Compare("vbios_version", evidence.StatedVbiosVersion?.ToUpperInvariant(), evidence.Report.VbiosVersion);
        Compare("arch", evidence.StatedArchitecture, Architecture(evidence.Chain));
        checks.Add(NvidiaRules.Container, problems, "nothing that differs from the report");

        void Compare(string name, string? stated, string? actual)
        {
            if (stated is not null && stated != actual)
            {
                problems.Add($"{name} is {stated}, in the report {actual ?? "absent"}");
            }
        }
    }

    /// <summary>NVIDIA's name of the chip's family.</summary>
    static string? Architecture(NvidiaChain chain) => chain.Chip switch
    {
        ['G', 'H', ..] => "HOPPER",
        ['G', 'B', ..] => "BLACKWELL",
        { } chip => chip,
        null => null,
    };

    static void CheckArchitecture(NvidiaReport report, NvidiaChain chain, CheckList checks)
    {
        var fits = chain.Chip switch
        {
            ['G', 'H' or 'B', ..] => report.Kind == NvidiaDeviceKind.Gpu,
            ['L', 'S', ..] => report.Kind == NvidiaDeviceKind.Switch,
            _ => false,
        };
        checks.Add(NvidiaRules.Architecture, fits, report.Kind == NvidiaDeviceKind.Gpu ? "a Hopper (GH) or Blackwell (GB) chip" : "a switch (LS)", chain.Chip ?? "no chip named");
    }

    static void CheckFirmware(NvidiaReport report, DiceFirmware? firmware, CheckList checks)
    {
        if (firmware is null)
        {
            checks.Add(NvidiaRules.FirmwareId, CheckOutcome.Fail, "one DICE extension with a SHA-384 in the leaf certificate", "none that can be read");
        }
        else if (report.FirmwareId is not { } reported)
        {
            checks.Skip(NvidiaRules.FirmwareId, "the report names no firmware, as with drivers before 550 and switches", Convert.ToHexStringLower(firmware.FirmwareId.Span));
        }
        else
        {
            checks.Add(NvidiaRules.FirmwareId, reported.Span.SequenceEqual(firmware.FirmwareId.Span), Convert.ToHexStringLower(firmware.FirmwareId.Span), Convert.ToHexStringLower(reported.Span));
        }
    }

    /// <summary>
    /// No report of these devices has a flag for debugging: firmware in debug mode measures differently, so that equal measurements are what
    /// shows it. Blackwell's certificate has such flags in addition.
    /// </summary>
    static (string? Found, bool IsKnown) DebugState(NvidiaComparison comparison, DiceFirmware? firmware) => (firmware, comparison.Matches) switch
    {
        ({ IsUnsafe: true, Flags: var flags }, _) => (Text($"the certificate's operational flags are 0x{flags:x2}: not secure, in recovery or in debug mode"), true),
        (_, false) => ("measurements differ", true),
        (_, null) => ("measurements were not compared: manifests are missing", false),
        (null, _) => ("the certificate's operational flags cannot be read", false),
        _ => (null, true),
    };

    static void CheckState((string? Found, bool IsKnown) debug, bool allowDebug, CheckList checks)
    {
        foreach (var rule in (CheckRule[])[NvidiaRules.Debug, NvidiaRules.SecureBoot])
        {
            if (debug.Found is not { } found)
            {
                checks.Add(rule, CheckOutcome.Pass);
            }
            else if (!debug.IsKnown)
            {
                checks.Skip(rule, found);
            }
            else if (allowDebug)
            {
                checks.Add(rule, CheckOutcome.Skip, actual: found + "; the policy allows it", required: false);
            }
            else
            {
                checks.Add(rule, CheckOutcome.Fail, "measurements of production firmware", found);
            }
        }
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
