using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Amnion.Attestation.Certificates;
using Amnion.Attestation.Dcap.Pck;
using Amnion.Attestation.Dcap.Sgx;
using Amnion.Attestation.Dcap.Tdx;

namespace Amnion.Attestation.Dcap;

/// <summary>Every value of a quote by name, in document order.</summary>
static class DcapFields
{
    /// <summary>The fields that name what runs in a trust domain and what it bound.</summary>
    public static readonly FormatSpec Tdx = new()
    {
        // MRTD is the virtual firmware, RTMR1 and RTMR2 the kernel, its command line and initial RAM disk; RTMR0 changes with the machine's size.
        CodeFields = [["td.mrtd", "td.rtmr1", "td.rtmr2"]],
        MachineField = "pck.ppid",
        BindingField = "td.report_data",
        PinFields = ["td.mrseam", "td.mrconfigid", "td.mrowner", "td.mrownerconfig"],
        FloorFields = ["tcb_evaluation_data_number"],
        AllowNames = TdReportRules.Words,
    };

    /// <summary>The same for an enclave.</summary>
    public static readonly FormatSpec Sgx = new()
    {
        CodeFields = [["report.mrenclave"], ["report.mrsigner", "report.isvprodid"]],
        MachineField = "pck.ppid",
        BindingField = "report.report_data",
        PinFields = ["report.mrsigner", "report.isvprodid"],
        FloorFields = ["report.isvsvn", "tcb_evaluation_data_number"],
        AllowNames = SgxReportRules.Words,
    };

    /// <summary>A quoting enclave's report stays the same for many quotes.</summary>
    const string QeReportKind = "fields of the quoting enclave's report";

    /// <summary>More than any quote has.</summary>
    const int Expected = 128;

    static readonly string[] s_rtmrs = ["td.rtmr0", "td.rtmr1", "td.rtmr2", "td.rtmr3"];

    static readonly (string Name, string Meaning)[] s_report = ReportWords("report", "enclave");

    static readonly (string Name, string Meaning)[] s_qeReport = ReportWords("qe_report", "quoting enclave");

    public static List<EvidenceField> Of(DcapQuote quote, AppraisalCache? cache)
    {
        var fields = new List<EvidenceField>(Expected)
        {
            new("version", Number(quote.Version), "version of the quote's format"),
            new("att_key_type", Number(DcapQuote.EcdsaP256), "kind of attestation key: ECDSA on P-256"),
            new("tee_type", "0x" + quote.TeeType.ToString("x", CultureInfo.InvariantCulture), quote.TdReport is null ? "made in an SGX enclave" : "made in a TDX trust domain"),
        };
        Add(fields, "qe_svn", quote.QeSvn, "security version of the quoting enclave");
        Add(fields, "pce_svn", quote.PceSvn, "security version of the provisioning certification enclave");
        fields.Add(new("qe_vendor_id", Hex(quote.QeVendorId), "vendor of the quoting enclave"));
        fields.Add(new("user_data", Hex(quote.UserData), "quoting enclave's own identifier of the platform"));
        Add(fields, "body_type", quote.BodyType, "kind of report in the quote");
        fields.Add(new("signed_len", Number(quote.Signed.Length), "bytes the attestation key signed"));
        if (quote.TdReport is { } td)
        {
            AddTd(fields, td);
        }
        else
        {
            fields.AddRange(OfReport(s_report, quote.Report!));
        }

        fields.Add(new("sig_data_len", Number(quote.SignatureDataLength), "bytes of signature data"));
        fields.Add(new("total_len", Number(quote.TotalLength), "bytes given"));
        fields.Add(new("trailing", Number(quote.TrailingLength), "bytes after the quote, which no signature covers"));
        fields.Add(new("trailing_zero", Flag(quote.TrailingIsZero), "nothing but zeros follows the quote"));
        Add(fields, "outer_cert_type", quote.OuterCertificationType, "certification data that nests the quoting enclave's");
        fields.Add(new("cert_type", Number(quote.CertificationType), "how the quote names the platform's key: 5 by a certificate chain"));
        fields.Add(new("cert_data_len", Number(quote.CertificationData.Length), "bytes of certification data"));
        fields.AddRange(AppraisalCache.Read(cache, QeReportKind, quote.QeReport.Bytes, static bytes => OfReport(s_qeReport, new SgxReport(bytes))));
        fields.Add(new("qe_auth", Hex(quote.QeAuthData), "authentication data of the quoting enclave"));
        AddChain(fields, quote, cache);
        return fields;
    }

    /// <summary>The PCK certificate's values; also of one that was given as an endorsement.</summary>
    public static void AddPck(List<EvidenceField> fields, Certificate leaf, PckExtension extension)
    {
        fields.Add(new("pck.issuer", NameText.Of(leaf.Issuer), "who certified the platform's key"));
        fields.Add(new("pck.serial", "0x" + Serial(leaf), "the certificate's serial number"));
        fields.Add(new("pck.not_before", Time(leaf.NotBefore), "start of the certificate's validity"));
        fields.Add(new("pck.not_after", Time(leaf.NotAfter), "end of the certificate's validity"));
        fields.Add(new("pck.ppid", Hex(extension.Ppid), "the processor, for its whole life"));
        fields.Add(new("pck.pceid", Hex(extension.PceId), "kind of provisioning certification enclave"));
        fields.Add(new("pck.fmspc", Hex(extension.Fmspc), "family, model, stepping and platform of the processor"));
        Add(fields, "pck.sgx_type", extension.SgxType, "memory protection: 0 standard, 1 scalable, 2 scalable with integrity");
        if (extension.PlatformInstanceId is { } instance)
        {
            fields.Add(new("pck.platform_instance_id", Hex(instance), "this setup of a platform of several packages"));
        }

        for (var i = 0; i < PckExtension.ComponentCount; i++)
        {
            fields.Add(new($"pck.tcb_svns.{Number(i)}", Number(extension.Components[i]), "security version of one of the platform's components"));
        }

        fields.Add(new("pck.pcesvn", Number(extension.PceSvn), "security version of the provisioning certification enclave"));
        fields.Add(new("pck.cpusvn", Hex(extension.CpuSvn), "security version of the processor"));
        foreach (var (arc, value) in extension.Flags)
        {
            fields.Add(new($"pck.config.7.{Number(arc)}", Flag(value), arc switch { 1 => "packages may be added", 2 => "platform keys are cached", _ => "hyper-threading is on" }));
        }
    }

    public static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(bytes.Span);

    public static string Time(DateTimeOffset time) => Instant.TextOfSeconds(time);

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    static void AddTd(List<EvidenceField> fields, TdReport td)
    {
        fields.Add(new("td.tee_tcb_svn", Hex(td.TeeTcbSvn), "security versions of the TDX module at launch"));
        fields.Add(new("td.mrseam", Hex(td.MrSeam), "measurement of the TDX module"));
        fields.Add(new("td.mrsignerseam", Hex(td.MrSignerSeam), "signer of the TDX module, zero for Intel"));
        fields.Add(new("td.seamattributes", Hex(td.SeamAttributes), "attributes of the TDX module"));
        fields.Add(new("td.tdattributes", Hex(td.TdAttributes), "attributes of the trust domain"));
        foreach (ref readonly var attribute in TdAttributes.Named.AsSpan())
        {
            fields.Add(new(attribute.Field, Flag((td.Attributes & attribute.Bit) != 0), attribute.Meaning));
        }

        fields.Add(new("td.xfam", Hex(td.Xfam), "extended processor features the trust domain may use"));
        fields.Add(new("td.mrtd", Hex(td.MrTd), "measurement of the initial contents, usually the firmware"));
        fields.Add(new("td.mrconfigid", Hex(td.MrConfigId), "configuration named by the host"));
        fields.Add(new("td.mrowner", Hex(td.MrOwner), "owner named by the host"));
        fields.Add(new("td.mrownerconfig", Hex(td.MrOwnerConfig), "owner's configuration named by the host"));
        for (var i = 0; i < s_rtmrs.Length; i++)
        {
            fields.Add(new(s_rtmrs[i], Hex(td.Rtmr(i)), "register extended at run time"));
        }

        fields.Add(new("td.report_data", Hex(td.ReportData), "value bound by the trust domain"));
        fields.Add(new("td.debug", Flag(td.IsDebug), "whether the host may read the memory"));
        if (td.TeeTcbSvn2 is { } running && td.MrServiceTd is { } service)
        {
            fields.Add(new("td.tee_tcb_svn2", Hex(running), "security versions of the TDX module that runs now"));
            fields.Add(new("td.mrservicetd", Hex(service), "service trust domains bound to this one, zero for none"));
        }
    }

    static EvidenceField[] OfReport((string Name, string Meaning)[] words, SgxReport report)
    {
        string[] values =
        [
            Hex(report.CpuSvn), Number(report.MiscSelect), Hex(report.IsvExtProdId), Hex(report.Attributes), Hex(report.MrEnclave), Hex(report.MrSigner), Hex(report.ConfigId),
            Number(report.IsvProdId), Number(report.IsvSvn), Number(report.ConfigSvn), Hex(report.IsvFamilyId), Hex(report.ReportData), Flag(report.IsDebug),
        ];
        var fields = new EvidenceField[values.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = new(words[i].Name, values[i], words[i].Meaning);
        }

        return fields;
    }

    /// <summary>Names and meanings of a report's fields, in the order of <see cref="OfReport"/>.</summary>
    static (string Name, string Meaning)[] ReportWords(string prefix, string whose) =>
    [
        (prefix + ".cpusvn", "security version of the processor"),
        (prefix + ".miscselect", "extended features of the " + whose),
        (prefix + ".isvextprodid", "extended product identifier of the " + whose),
        (prefix + ".attributes", "flags and processor features of the " + whose),
        (prefix + ".mrenclave", "measurement of the " + whose),
        (prefix + ".mrsigner", "signer of the " + whose),
        (prefix + ".configid", "configuration of the " + whose),
        (prefix + ".isvprodid", "product number of the " + whose),
        (prefix + ".isvsvn", "security version of the " + whose),
        (prefix + ".configsvn", "security version of the configuration of the " + whose),
        (prefix + ".isvfamilyid", "product family of the " + whose),
        (prefix + ".report_data", "value bound by the " + whose),
        (prefix + ".debug", "whether the host may read the memory"),
    ];

    /// <summary>Values of the certificates in a quote, as far as they can be read; the verifier has a check that says why the rest could not.</summary>
    public static ImmutableArray<EvidenceField> OfChain(ImmutableArray<Certificate> leafFirst, bool isWhole)
    {
        var fields = new List<EvidenceField> { new("chain_len", Number(leafFirst.Length), "certificates in the quote") };
        if (isWhole)
        {
            fields.Add(new("root_sha256", Convert.ToHexStringLower(SHA256.HashData(leafFirst[^1].Der.Span)), "last certificate in the quote"));
        }

        try
        {
            if (PckExtension.Read(leafFirst[0]) is { } extension)
            {
                AddPck(fields, leafFirst[0], extension);
                fields.Add(new("not_before", Time(leafFirst[0].NotBefore), "start of the PCK certificate's validity"));
                fields.Add(new("not_after", Time(leafFirst[0].NotAfter), "end of the PCK certificate's validity"));
            }
        }
        catch (DcapFormatException)
        {
            return [.. fields];
        }

        return [.. fields];
    }

    static void AddChain(List<EvidenceField> fields, DcapQuote quote, AppraisalCache? cache)
    {
        if (quote.CertificationType is not (DcapQuote.PckCertificate or DcapQuote.PckChain))
        {
            return;
        }

        try
        {
            fields.AddRange(PemCertificates.Read(quote.CertificationData, cache).Fields(quote.CertificationType == DcapQuote.PckChain));
        }
        catch (DcapFormatException)
        {
            // As above.
        }
    }

    static string Serial(Certificate certificate) => Convert.ToHexStringLower(certificate.SerialNumber.Span).TrimStart('0') is { Length: > 0 } digits ? digits : "0";

    static string Flag(bool value) => value ? "true" : "false";

    static void Add(List<EvidenceField> fields, string name, int? value, string meaning)
    {
        if (value is { } number)
        {
            fields.Add(new(name, Number(number), meaning));
        }
    }
}
