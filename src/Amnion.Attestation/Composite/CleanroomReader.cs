using System.Formats.Asn1;
using System.Globalization;
using System.Text;
using Amnion.Attestation.Json;
using Amnion.Attestation.Tpm;

namespace Amnion.Attestation.Composite;

/// <summary>Reads the JSON of Azure clean rooms.</summary>
static class CleanroomReader
{
    const int MaxText = 64 * 1024;
    const int MaxKeyCertificate = 8 * 1024;

    public static CleanroomEvidence Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonView.Parse(json, CleanroomEvidence.MaxLength, static (path, problem) => new AzureFormatException(0, path, problem), static root =>
            {
                var report = root.Member("report");
                var evidence = report.Find("snpCvm") is { } machine ? ReadMachine(machine) : ReadGroup(report.Find("snpCACI") ?? (report.Has("attestation") ? report : throw report.Refuse("neither snpCvm nor snpCACI")));
                return evidence with { PublicKey = root.Find("publicKey")?.Text(MaxText) };
            });
        }
        catch (TpmFormatException exception)
        {
            throw new AzureFormatException(exception.Offset, exception.Field, exception.Message);
        }
    }

    static CleanroomEvidence ReadMachine(JsonView machine)
    {
        var evidence = machine.Member("evidence");
        return new CleanroomEvidence
        {
            Report = evidence.Member("snpReport").Base64(8 * 1024),
            PlatformCertificates = AzureVtpmReader.ReadPem(machine.Member("platformCertificates").Text(MaxText), machine.Member("platformCertificates")),
            Hcl = AzureHclReport.Parse(evidence.Member("hclReport").Base64(AzureHclReport.MaxLength)),
            Quote = ReadQuote(evidence),
            KeyCertificate = evidence.Find("aikCert") is { } certificate ? Trim(certificate) : null,
            Nonce = machine.Member("nonce").Base64(64),
            StatedRuntime = evidence.Find("runtimeClaims") is { } claims ? AzureRuntimeData.Read(claims) : null,
        };
    }

    static CleanroomEvidence ReadGroup(JsonView group)
    {
        var certificates = group.Member("platformCertificates");
        return new CleanroomEvidence
        {
            Report = group.Member("attestation").Base64(8 * 1024),
            PlatformCertificates = AzureVtpmReader.ReadPem(Encoding.Latin1.GetString(certificates.Base64(MaxText)), certificates),
            Endorsement = UvmReferenceInfo.Parse(group.Member("uvmEndorsements").Base64(UvmReferenceInfo.MaxLength)),
        };
    }

    /// <summary>TPM2B_ATTEST and, right behind it, TPMT_SIGNATURE; registers by decimal index.</summary>
    static TpmSignedQuote ReadQuote(JsonView evidence)
    {
        var field = evidence.Member("tpmQuote");
        var quote = field.Base64(TpmQuote.MaxLength + 2 + TpmSignature.MaxLength);
        var size = quote.Length < 2 ? 0 : (quote[0] << 8) | quote[1];
        if (size == 0 || size > quote.Length - 2)
        {
            throw field.Refuse("a size beyond the quote");
        }

        var registers = evidence.Member("pcrs").Members(AzureVtpmEvidence.RegisterCount).Select(static member =>
            KeyValuePair.Create(ReadIndex(member.Name, member.Value), (ReadOnlyMemory<byte>)member.Value.Base64(64))).ToList();
        return new TpmSignedQuote
        {
            Quote = TpmQuote.Parse(quote.AsSpan(2, size)),
            Signature = TpmSignature.Parse(quote.AsSpan(2 + size)),
            Values = [TpmPcrValues.Create(TcgHash.Sha256, registers)],
        };
    }

    static int ReadIndex(string name, JsonView at) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index.ToString(CultureInfo.InvariantCulture) == name ? index : throw at.Refuse("no register of that name");

    /// <summary>The certificate lies in an index of fixed size; what follows it must be zeros.</summary>
    static ReadOnlyMemory<byte> Trim(JsonView field)
    {
        var padded = field.Base64(MaxKeyCertificate);
        return AsnDecoder.TryReadEncodedValue(padded, AsnEncodingRules.DER, out _, out _, out _, out var consumed) && !padded.AsSpan(consumed).ContainsAnyExcept((byte)0)
            ? padded.AsMemory(0, consumed)
            : throw field.Refuse("not one DER value and zeros");
    }
}
