using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Nitro;

/// <summary>A document's content as named values, with region and instance as AWS's certificates state them.</summary>
static class NitroFields
{
    const string Suffix = ".aws.nitro-enclaves";
    const string LeafSuffix = ".aws";
    const string Zonal = "zonal.";

    /// <summary>The common comparison with a policy; registers, nonce and user data have older codes of their own.</summary>
    public static readonly FormatSpec Spec = new() { CodeFields = [["pcrs.0"], ["pcrs.8"], ["pcrs.1", "pcrs.2"]], MachineField = "instance", BindingField = "user_data", NonceField = "nonce", PinFields = ["pcrs.1", "pcrs.2", "pcrs.8"] };

    public static ImmutableArray<EvidenceField> Of(NitroDocument document, AppraisalCache? cache = null)
    {
        var fields = ImmutableArray.CreateBuilder<EvidenceField>();
        Add("module_id", document.ModuleId, "the enclave, as the hypervisor names it: parent instance, then enclave");
        var (region, instance) = Place(document, cache);
        Add("region", region, "the AWS region, as every certificate of the chain states it");
        Add("instance", instance, "the EC2 instance that hosts the enclave, as certificate and module id both state it");
        Add("digest", document.Digest, "hash of the registers");
        Add("timestamp", document.Timestamp.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture), "when the hypervisor made the document");
        Add("timestamp_ms", document.Timestamp.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), "the same in milliseconds since 1970");
        foreach (var (index, value) in document.Pcrs)
        {
            Add(string.Create(CultureInfo.InvariantCulture, $"pcrs.{index}"), value.ToString(), Register(index));
        }

        Add("public_key", Hex(document.PublicKey), "a key the enclave asked to have signed");
        Add("user_data", Hex(document.UserData), "a value the enclave asked to have signed");
        Add("nonce", Hex(document.Nonce), "the relying party's challenge");
        Add("leaf_sha256", Digest(document.Certificate), "SHA-256 of the certificate whose key signed the document");
        Add("root_sha256", Digest(document.CaBundle[0]), "SHA-256 of the root certificate that the document brings");
        Add("chain_len", (document.CaBundle.Length + 1).ToString(CultureInfo.InvariantCulture), "certificates from root to leaf");
        Add("protected", Convert.ToHexStringLower(document.Protected.Span), "signature algorithm as signed: ES384");
        Add("indefinite_map", document.HasIndefiniteMap ? "true" : "false", "whether the payload's map has no stated length, as AWS's have since 2025");
        Add("debug_mode", document.IsDebug ? "true" : "false", "debug enclaves show zeros in registers 0 to 2; their memory and console are open to the host");
        return fields.ToImmutable();

        void Add(string name, string? value, string meaning)
        {
            if (value is not null)
            {
                fields.Add(new EvidenceField(name, value, meaning));
            }
        }
    }

    /// <summary>
    /// AWS's subjects are HASH.REGION.aws.nitro-enclaves, HASH.zonal.REGION.aws.nitro-enclaves, INSTANCE.REGION.aws.nitro-enclaves and
    /// MODULE.REGION.aws. Where they do not all agree there is no region, and a policy that names one refuses.
    /// </summary>
    static (string? Region, string? Instance) Place(NitroDocument document, AppraisalCache? cache)
    {
        var names = new List<string>();
        foreach (var der in document.CaBundle.Skip(1).Append(document.Certificate))
        {
            try
            {
                names.Add(Certificate.Parse(der, cache).CommonName ?? string.Empty);
            }
            catch (CertificateFormatException)
            {
                return (null, null);
            }
        }

        if (names.Count < 2 || !names[^1].StartsWith(document.ModuleId + ".", StringComparison.Ordinal) || !names[^1].EndsWith(LeafSuffix, StringComparison.Ordinal))
        {
            return (null, null);
        }

        var region = names[^1][(document.ModuleId.Length + 1)..^LeafSuffix.Length];
        var instance = document.ModuleId.Split("-enc")[0];
        var agree = region.Length > 0 && !region.Contains('.', StringComparison.Ordinal) && names[..^1].TrueForAll(name => Region(name) == region);
        return (agree ? region : null, agree && names[^2] == $"{instance}.{region}{Suffix}" ? instance : null);
    }

    static string? Region(string name)
    {
        var first = name.IndexOf('.', StringComparison.Ordinal);
        if (first < 0 || !name.EndsWith(Suffix, StringComparison.Ordinal) || first + 1 > name.Length - Suffix.Length)
        {
            return null;
        }

        var middle = name[(first + 1)..^Suffix.Length];
        return middle.StartsWith(Zonal, StringComparison.Ordinal) ? middle[Zonal.Length..] : middle;
    }

    static string Register(int index) => index switch
    {
        0 => "measurement of the whole image",
        1 => "measurement of kernel, command line and first ramdisk",
        2 => "measurement of the application's ramdisks",
        3 => "measurement of the parent instance's IAM role",
        4 => "measurement of the parent instance's id",
        8 => "measurement of the certificate that signed the image",
        < 16 => "not used by AWS",
        _ => "extended by the enclave itself",
    };

    static string? Hex(ReadOnlyMemory<byte>? value) => value is { } bytes ? Convert.ToHexStringLower(bytes.Span) : null;

    static string Digest(ReadOnlyMemory<byte> der) => Convert.ToHexStringLower(SHA256.HashData(der.Span));
}
