using Amnion.Attestation.Dcap.Sgx;

namespace Amnion.Attestation.Dcap.Collateral;

/// <summary>Compares the quoting enclave's report with its identity. Without this any enclave on a genuine platform could sign quotes (CVE-2026-22696).</summary>
static class QeIdentityMatch
{
    public static void Check(SgxReport report, EnclaveIdentity identity, TcbFindings findings, CheckList checks)
    {
        Compare(DcapRules.QeMrSigner, identity.MrSigner, report.MrSigner.Span, checks);
        checks.Add(DcapRules.QeIsvProdId, report.IsvProdId == identity.IsvProdId, DcapFields.Number(identity.IsvProdId), DcapFields.Number(report.IsvProdId));
        Compare(DcapRules.QeMiscSelect, identity.MiscSelect, Masked(report.MiscSelectBytes, identity.MiscSelectMask), checks);
        Compare(DcapRules.QeAttributes, identity.Attributes, Masked(report.Attributes, identity.AttributesMask), checks);
        var level = TcbLevelMatch.Level(identity.Levels, report.IsvSvn);
        checks.Add(DcapRules.QeLevel, level is not null, "ISVSVN at least " + DcapFields.Number(identity.Levels.Min(entry => entry.Svn)), DcapFields.Number(report.IsvSvn));
        if (level is not null)
        {
            findings.QeStatus = level.Status.Status;
            findings.Advisories = findings.Advisories.Union(level.Status.Advisories);
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

    static void Compare(CheckRule rule, ReadOnlyMemory<byte> expected, ReadOnlySpan<byte> actual, CheckList checks) =>
        checks.Add(rule, expected.Span.SequenceEqual(actual), DcapFields.Hex(expected), Convert.ToHexStringLower(actual));
}
