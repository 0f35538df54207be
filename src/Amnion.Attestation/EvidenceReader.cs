using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using Amnion.Attestation.Composite;
using Amnion.Attestation.Dcap;
using Amnion.Attestation.Dcap.RaTls;
using Amnion.Attestation.EventLogs;
using Amnion.Attestation.Nitro;
using Amnion.Attestation.Nvidia;
using Amnion.Attestation.SevSnp;
using Amnion.Attestation.Tpm;

namespace Amnion.Attestation;

/// <summary>Recognises Evidence by its content and decodes it. No format is guessed from a name or an extension.</summary>
public static class EvidenceReader
{
    /// <summary>Recognises and decodes; verifies nothing.</summary>
    /// <exception cref="EvidenceFormatException">No known format, or a malformed document of one.</exception>
    public static ParsedEvidence Read(ReadOnlySpan<byte> evidence) => Recognise(evidence, out var parsed) switch
    {
        EvidenceForm.Nitro => new(AttestationPlatform.Nitro, "AWS Nitro Enclaves attestation document", NitroDocument.Parse(evidence).Fields),
        EvidenceForm.NitroTpm => new(AttestationPlatform.NitroTpm, "AWS NitroTPM attestation document", NitroTpmDocument.Parse(evidence).Fields),
        EvidenceForm.Snp => Snp(SnpExtendedReport.Parse(evidence)),
        EvidenceForm.Quote => Quote(DcapQuote.Parse(evidence), string.Empty),
        EvidenceForm.RaTls => Quote(DcapQuote.Parse(RaTlsCertificate.Parse(evidence).Quote.Span), ", in a TLS certificate"),
        EvidenceForm.NvidiaReport => new(AttestationPlatform.Nvidia, "NVIDIA SPDM measurement report", NvidiaReport.Parse(evidence).Fields),
        EvidenceForm.NvidiaJson => Nvidia(NvidiaEvidence.ParseJson(evidence)),
        EvidenceForm.Azure => Azure((AzureVtpmEvidence)parsed!),
        EvidenceForm.Dstack => Quote(DcapQuote.Parse(((DstackEvidence)parsed!).Quote.Span), ", with dstack's event log"),
        EvidenceForm.Tpm => new(AttestationPlatform.Tpm, "TPM 2.0 quote", TpmAppraiser.Fields((TpmEvidence)parsed!)),
        _ => throw new UnknownEvidenceException(),
    };

    /// <summary>What the first bytes say; JSON is told apart by its members.</summary>
    /// <param name="evidence">The Evidence.</param>
    /// <param name="parsed">
    /// An <see cref="AzureVtpmEvidence"/>, <see cref="DstackEvidence"/> or <see cref="TpmEvidence"/> for their forms, which only parsing tells apart; null for the others.
    /// </param>
    internal static EvidenceForm Recognise(ReadOnlySpan<byte> evidence, out object? parsed)
    {
        parsed = null;
        if (IsCose(evidence))
        {
            return evidence.IndexOf("nitrotpm_pcrs"u8) >= 0 && !NitroDocument.TryParse(evidence, out _) ? EvidenceForm.NitroTpm : EvidenceForm.Nitro;
        }

        // A small version number in 32 bits; quotes have their key type in the upper half.
        if (evidence.Length >= SnpReport.Length && BinaryPrimitives.ReadUInt32LittleEndian(evidence) is >= 1 and <= 16)
        {
            return EvidenceForm.Snp;
        }

        // Version 3, 4 or 5, then attestation key type 2 or 3.
        if (evidence.Length > 48 && BinaryPrimitives.ReadUInt16LittleEndian(evidence) is 3 or 4 or 5 && BinaryPrimitives.ReadUInt16LittleEndian(evidence[2..]) is 2 or 3)
        {
            return EvidenceForm.Quote;
        }

        switch (evidence)
        {
            case [0x11, 0xe0, ..]:
                return EvidenceForm.NvidiaReport;
            case [0x30, 0x82 or 0x83, ..]:
                return EvidenceForm.RaTls;
            case [(byte)'{' or (byte)'[', ..]:
                return RecogniseJson(evidence, out parsed);
            default:
                parsed = TpmEvidence.TryParse(evidence, out var tpm) ? tpm : null;
                return tpm is null ? EvidenceForm.Unknown : EvidenceForm.Tpm;
        }
    }

    static EvidenceForm RecogniseJson(ReadOnlySpan<byte> evidence, out object? parsed)
    {
        if (AzureVtpmEvidence.TryParse(evidence, out var azure))
        {
            parsed = azure;
            return EvidenceForm.Azure;
        }

        if (TpmEvidence.TryParse(evidence, out var tpm))
        {
            parsed = tpm;
            return EvidenceForm.Tpm;
        }

        if (DstackEvidence.TryParse(evidence, out var dstack))
        {
            parsed = dstack;
            return EvidenceForm.Dstack;
        }

        parsed = null;
        return evidence.IndexOf("evidence_list"u8) >= 0 || evidence.IndexOf("\"certificate\""u8) >= 0 ? EvidenceForm.NvidiaJson : EvidenceForm.Unknown;
    }

    /// <summary>A COSE_Sign1 of four items with ES384 in its protected header, tagged or not; the format's reader refuses the tag with a reason.</summary>
    static bool IsCose(ReadOnlySpan<byte> evidence) =>
        (evidence is [0xd2, ..] ? evidence[1..] : evidence) is [0x84, 0x44, 0xa1, 0x01, 0x38, ..];

    static ParsedEvidence Snp(SnpExtendedReport report) => new(
        AttestationPlatform.Snp,
        string.Create(CultureInfo.InvariantCulture, $"AMD SEV-SNP attestation report, version {report.Report.Version}{(report.Table is null ? "" : ", with certificates")}"),
        report.Report.Fields);

    static ParsedEvidence Quote(DcapQuote quote, string carrier) => new(
        quote.Platform,
        string.Create(CultureInfo.InvariantCulture, $"Intel {quote.Platform.ToUpperInvariant()} quote, version {quote.Version}{carrier}"),
        quote.Fields);

    static ParsedEvidence Nvidia(ImmutableArray<NvidiaEvidence> devices) => devices.Length == 1
        ? new ParsedEvidence(AttestationPlatform.Nvidia, "NVIDIA SPDM measurement report with its chain", devices[0].Fields)
        : throw new NvidiaFormatException(0, "evidence_list", "holds several devices; give each a file of its own");

    static ParsedEvidence Azure(AzureVtpmEvidence evidence) => new(
        evidence.TdQuote is null ? AttestationPlatform.AzureSnp : AttestationPlatform.AzureTdx,
        "Azure confidential VM: virtual TPM's quote and HCL report",
        [.. evidence.Hcl.Fields, .. AzureVtpmVerifier.TpmFields(evidence.Quote)]);
}
