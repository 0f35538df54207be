using System.Collections.Immutable;
using System.Globalization;

namespace Amnion.Attestation.Nvidia;

/// <summary>Reports and chains as a flat list of named values.</summary>
static class NvidiaFields
{
    public const string Nonce = "req.nonce";
    public const string DriverVersion = "opaque.DRIVER_VERSION";
    public const string VbiosVersion = "opaque.VBIOS_VERSION";
    public const string DeviceId = "device_id";

    public static ImmutableArray<EvidenceField> Of(NvidiaReport report)
    {
        var fields = ImmutableArray.CreateBuilder<EvidenceField>();
        fields.Add(new("req.ver", "0x11", "SPDM version of the request: 1.1"));
        fields.Add(new("req.code", "0xe0", "the request is GET_MEASUREMENTS"));
        fields.Add(new("req.param1", Number(report.RequestAttributes), "1: the request asks for a signature"));
        fields.Add(new("req.param2", Number(report.RequestOperation), "255: the request asks for all measurements"));
        fields.Add(new(Nonce, Hex(report.Nonce.Span), "the relying party's nonce"));
        fields.Add(new("req.slot", Number(report.Slot), "certificate slot asked for"));
        fields.Add(new("resp.slot", Number(report.ResponseSlot), "certificate slot that signed"));
        fields.Add(new("n_blocks", Number(report.Measurements.Count), "number of measurements"));
        foreach (var (index, value) in report.Measurements)
        {
            fields.Add(new(string.Create(CultureInfo.InvariantCulture, $"measurements.{index}"), value.ToString(), string.Create(CultureInfo.InvariantCulture, $"SHA-384 of what was measured into slot {index - 1}; zero: nothing")));
        }

        fields.Add(new("resp.nonce", Hex(report.ResponseNonce.Span), "the device's own nonce"));
        foreach (var field in report.OpaqueFields)
        {
            fields.Add(new("opaque." + field.Name, field.Text, NvidiaOpaqueType.Meaning(field.Type)));
        }

        Add("vbios_version", report.VbiosVersion, "firmware version as manifests spell it");
        Add("mode", report.Mode, "confidential computing mode: SPT one GPU, MPT several, PPCIE protected PCIe");
        fields.Add(new("padding", Number(report.PaddingLength), "zero bytes after the signature, which nothing signs"));
        return fields.ToImmutable();

        void Add(string name, string? value, string meaning)
        {
            if (value is not null)
            {
                fields.Add(new(name, value, meaning));
            }
        }
    }

    public static ImmutableArray<EvidenceField> Of(NvidiaChain chain)
    {
        var fields = ImmutableArray.CreateBuilder<EvidenceField>();
        for (var i = 0; i < chain.Certificates.Count; i++)
        {
            fields.Add(new(string.Create(CultureInfo.InvariantCulture, $"chain.{i}"), chain.Subject(i), i == 0 ? "subject of the certificate that signs reports" : "subject of a certificate above it"));
        }

        fields.Add(new("root_sha256", chain.RootDigest, "SHA-256 of the topmost certificate"));
        fields.Add(new("not_before", Time(chain.ValidFrom), "when the last of the certificates became valid"));
        fields.Add(new("not_after", Time(chain.ValidUntil), "when the first of the certificates expires"));
        if (chain.DeviceId is { } device)
        {
            fields.Add(new(DeviceId, device, "serial number that NVIDIA fused into the device, from the certificate of its boot ROM"));
        }

        return fields.ToImmutable();
    }

    public static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    static string Hex(ReadOnlySpan<byte> value) => Convert.ToHexStringLower(value);
}
