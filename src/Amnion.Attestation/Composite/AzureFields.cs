using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;

namespace Amnion.Attestation.Composite;

/// <summary>Names, values and meanings of an HCL report's fields; all start with "hcl.".</summary>
static class AzureFields
{
    public static ImmutableArray<EvidenceField> Of(AzureHclReport report)
    {
        var fields = ImmutableArray.CreateBuilder<EvidenceField>();
        void Add(string name, string value, string meaning) => fields.Add(new EvidenceField("hcl." + name, value, meaning));
        Add("sig", "HCLA", "report of Azure's hardware compatibility layer");
        Add("version", Number(report.Version), "version of the header");
        Add("report_size", Number(report.ReportSize), "bytes of the report without padding");
        Add("request_type", Number(report.RequestType), "what was asked for; 2 is attestation");
        Add("status", Number(report.Status), "result of the request; 0 is success");
        Add("data_size", Number(report.DataSize), "bytes of the runtime data with its header");
        Add("igvm_version", Number(report.DataVersion), "version of the runtime data's header");
        Add("report_type", report.IsSnp ? "SNP" : report.IsTdx ? "TDX" : Number(report.ReportType), "kind of hardware report inside");
        Add("hash_type", Number(report.HashType), "hash that binds the runtime data; 1 is SHA-256");
        Add("var_size", Number((uint)report.RuntimeJson.Length), "bytes of the runtime data");
        Add("var_data_sha256", Convert.ToHexStringLower(SHA256.HashData(report.RuntimeJson.Span)), "SHA-256 of the runtime data");
        Add("keys", string.Join(',', report.Runtime.Keys), "keys of the virtual TPM");
        if (report.Runtime.UserData is { } userData)
        {
            Add("user_data", userData, "value that the guest asked to have bound, as it stands in the runtime data");
        }

        if (report.Runtime.UserDataBytes is { } bytes)
        {
            Add("user_data_bytes", Convert.ToHexStringLower(bytes.Span), "the same in lower case");
        }

        foreach (var (name, value) in report.Runtime.Configuration)
        {
            Add("vm_configuration." + name, value, "configuration of the virtual machine");
        }

        return fields.ToImmutable();
    }

    static string Number(uint value) => value.ToString(CultureInfo.InvariantCulture);
}
