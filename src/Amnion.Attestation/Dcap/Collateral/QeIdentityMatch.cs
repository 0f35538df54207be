using Amnion.Attestation.Dcap.Sgx;

namespace Amnion.Attestation.Dcap.Collateral;

/// <summary>Compares the quoting enclave's report with its identity. Without this any enclave on a genuine platform could sign quotes (CVE-2026-22696).</summary>
static class QeIdentityMatch
{
    public static void Check(SgxReport report, EnclaveIdentity identity, TcbFindings findings, CheckList checks)
    {
        Compare(DcapRules.QeMrSigner, identity.MrSigner, identity.MrSignerText, report.MrSigner.Span, checks);
        checks.Add(DcapRules.QeIsvProdId, report.IsvProdId == identity.IsvProdId, DcapFields.Number(identity.IsvProdId), DcapFields.Number(report.IsvProdId));
        Compare(DcapRules.QeMiscSelect, identity.MiscSelect, identity.MiscSelectText, Masked(report.MiscSelectBytes, identity.MiscSelectMask), checks);
        Compare(DcapRules.QeAttributes, identity.Attributes, identity.AttributesText, Masked(report.Attributes, identity.AttributesMask), checks);
        var level = TcbLevelMatch.Level(identity.Levels, report.IsvSvn);
        checks.Add(DcapRules.QeLevel, level is not null, identity.LeastText, DcapFields.Number(report.IsvSvn));
        if (level is not null)
        {
            findings.QeStatus = level.Status.Status;
            findings.Advise(level.Status.Advisories);
        }
    }

    /// <summary>The value under the mask, bit by bit.</summary>
    public static byte[] Masked(ReadOnlyMemory<byte> value, ReadOnlyMemory<byte> mask)
    {
        var masked = value.ToArray();
        for (var i = 0; i < masked.Length; i++)
        {
            masked[i] &= mask.Span[i];
        }

        return masked;
    }

    /// <summary>Adds a comparison.</summary>
    public static void Compare(CheckRule rule, ReadOnlyMemory<byte> expected, string text, ReadOnlySpan<byte> actual, CheckList checks)
    {
        // Where they are equal their words are too, and those of the identity are there already.
        var isEqual = expected.Span.SequenceEqual(actual);
        checks.Add(rule, isEqual, text, isEqual ? text : Convert.ToHexStringLower(actual));
    }
}
