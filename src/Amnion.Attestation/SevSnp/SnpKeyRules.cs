using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.SevSnp;

/// <summary>Whether an endorsement key's certificate is about this report: kind, chip and TCB. AMD 57230, certificate extensions.</summary>
static class SnpKeyRules
{
    public static void Check(SnpReport report, SnpEndorsementKey key, bool allowMasked, CheckList checks)
    {
        CheckKind(report, key, checks);
        CheckChip(report, key, allowMasked, checks);
        var tcb = key.Tcb(report.ReportedTcb.Layout);
        checks.Add(SnpRules.CertificateTcb, tcb == report.ReportedTcb, report.ReportedTcb.ToString(), tcb?.ToString() ?? "a patch level is missing");
    }

    /// <summary>True where the report names no chip.</summary>
    public static bool IsMasked(SnpReport report) => !report.ChipId.Span.ContainsAnyExcept((byte)0);

    /// <summary>True where key and report name the same chip.</summary>
    public static bool IsChip(SnpReport report, SnpEndorsementKey key)
    {
        if (key.HardwareId is not { } chip)
        {
            return false;
        }

        var rest = report.ChipId.Span[chip.Length..];
        return chip.Span.SequenceEqual(report.ChipId.Span[..chip.Length]) && !rest.ContainsAnyExcept((byte)0) && IsLength(key, chip.Length);
    }

    /// <summary>A VCEK for Turin has a short identifier and only such a one; otherwise zeros behind it would pass for a longer one.</summary>
    static bool IsLength(SnpEndorsementKey key, int length) => key.Product is not { } product || length == SnpProducts.HardwareIdLength(product);

    static void CheckKind(SnpReport report, SnpEndorsementKey key, CheckList checks)
    {
        // Both by name and by content: the name is what the CA vouches for, the content what the checks below compare.
        var name = DistinguishedName.CommonName(key.Certificate.Subject);
        var expected = key.IsVlek ? "SEV-VLEK" : "SEV-VCEK";
        checks.Add(SnpRules.KeyName, name == expected, expected, name ?? "no common name");
        var fits = report.SigningKey == (key.IsVlek ? SnpSigningKey.Vlek : SnpSigningKey.Vcek);
        checks.Add(SnpRules.SigningKey, fits, key.IsVlek ? "VLEK, as the certificate" : "VCEK, as the certificate", SnpFields.KeyName(report.SigningKey));
    }

    static void CheckChip(SnpReport report, SnpEndorsementKey key, bool allowMasked, CheckList checks)
    {
        var chip = Convert.ToHexStringLower(report.ChipId.Span);
        var masked = IsMasked(report);
        if (key.HardwareId is not { } hardware)
        {
            checks.Add(SnpRules.HardwareId, CheckOutcome.Skip, actual: "a VLEK is not bound to one chip", required: false);
        }
        else if (masked)
        {
            // MASK_CHIP_ID, which clears the field, is set by SNP_CONFIG and stands nowhere in the report; MASK_CHIP_KEY, which does stand there, is another switch.
            checks.Add(SnpRules.HardwareId, allowMasked ? CheckOutcome.Skip : CheckOutcome.Fail, Convert.ToHexStringLower(hardware.Span), allowMasked ? "zero: the host masks the chip; the policy allows it" : "zero: the host masks the chip", required: !allowMasked);
        }
        else if (report.MaskChipKey)
        {
            checks.Add(SnpRules.HardwareId, CheckOutcome.Fail, Convert.ToHexStringLower(hardware.Span), chip + ", though with MASK_CHIP_KEY no report is signed with a chip's key");
        }
        else
        {
            checks.Add(SnpRules.HardwareId, IsChip(report, key), Convert.ToHexStringLower(hardware.Span), chip);
        }
    }
}
