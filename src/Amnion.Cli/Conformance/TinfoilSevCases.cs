using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Attestation.SevSnp;

namespace Amnion.Cli.Conformance;

/// <summary>Cases of the Tinfoil project's "verify-attestation-sev": a gzipped report and its endorsements in input.json, the answer in expected.json.</summary>
static class TinfoilSevCases
{
    /// <summary>Most bytes that a document may unpack to.</summary>
    const int MaxDocument = 64 * 1024;

    /// <summary>Their names for what a report's fields and a policy's members are called here.</summary>
    static readonly (string Member, string Field)[] s_pins =
    [
        ("expected_measurement_hex", "measurement"),
        ("expected_host_data_hex", "host_data"),
        ("expected_id_key_digest_hex", "id_key_digest"),
        ("expected_author_key_digest_hex", "author_key_digest"),
    ];

    static readonly (string Member, string Field)[] s_floors =
    [
        ("min_tcb_bl_spl", "reported_tcb_parts.bootloader"),
        ("min_tcb_tee_spl", "reported_tcb_parts.tee"),
        ("min_tcb_snp_spl", "reported_tcb_parts.snp"),
        ("min_tcb_ucode_spl", "reported_tcb_parts.microcode"),
    ];

    /// <summary>The root stands first.</summary>
    static readonly string[] s_authorities = ["amd_root_ca_pem", "ask_pem"];

    public static CaseAnswer Run(ConformanceCase item)
    {
        if (item.TryFile("input") is not { } input)
        {
            return TinfoilSevAssets.Run(item);
        }

        using var json = JsonDocument.Parse(input);
        var verdict = Verify(json.RootElement);
        return TinfoilExpectation.Answer(item, verdict, outputs => TinfoilSevOutputs.Differences(outputs, verdict.Outputs));
    }

    /// <summary>Appraises the block of a case; also part of the whole flow.</summary>
    public static TinfoilVerdict Verify(JsonElement root)
    {
        if (!root.GetProperty("attestation_doc_b64").TryGetBytesFromBase64(out var packed) || TryUnpack(packed) is not { } evidence)
        {
            return new TinfoilVerdict([SnpCodes.Malformed], "REPORT_FORMAT_UNSUPPORTED", []);
        }

        var asked = Policy(root, evidence);
        var result = SnpAppraiser.Appraise(evidence, asked.Policy, asked.Context);
        return result.Accepted
            ? new TinfoilVerdict([], string.Empty, result.Claims!.Fields)
            : new TinfoilVerdict([.. result.Failures.Select(check => check.Code)], TinfoilSevRejections.Code(result, evidence.Length), []);
    }

    /// <summary>Unpacks a gzipped report; null for anything that is no gzip, or too long.</summary>
    public static byte[]? TryUnpack(byte[] packed)
    {
        try
        {
            using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
            var buffer = new byte[MaxDocument + 1];
            var length = gzip.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return length > MaxDocument ? null : buffer[..length];
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    static SnpCasePolicy Policy(JsonElement root, byte[] evidence)
    {
        var authorities = s_authorities.Where(name => root.TryGetProperty(name, out _)).SelectMany(name => CertificateFiles.Ders(Encoding.Latin1.GetBytes(root.GetProperty(name).GetString()!))).ToList();
        ImmutableArray<TrustAnchor> anchors = root.TryGetProperty("amd_root_ca_pem", out _) ? [TrustAnchor.FromCertificate(authorities[0])] : SnpRoots.All;
        var vcek = root.TryGetProperty("vcek_der_b64", out var given) && given.TryGetBytesFromBase64(out var der) ? der : [];
        var context = new AppraisalContext
        {
            Now = root.TryGetProperty("expiration_check_date_unix", out var now) ? DateTimeOffset.FromUnixTimeSeconds(now.GetInt64()) : DateTimeOffset.UnixEpoch,
            AtDocumentTime = true,
            Endorsements = new Endorsements { Certificates = [.. authorities.Prepend(vcek).Select(certificate => (ReadOnlyMemory<byte>)certificate)] },
        };

        // The cases bring no revocation list, so that one check may go unmade; debugging and migration are refused as their specification says.
        _ = SnpReport.TryParse(evidence, out var report);
        var asked = new SnpCasePolicy(SnpCases.Policy(report, anchors) with { DangerousAllowDebug = false }, context);
        asked.Deny(SnpAllowance.MigrationAgent);
        if (root.TryGetProperty("policy", out var stated))
        {
            Apply(stated, asked);
        }

        return asked;
    }

    static void Apply(JsonElement stated, SnpCasePolicy asked)
    {
        foreach (var member in stated.EnumerateObject())
        {
            if (s_pins.FirstOrDefault(pin => pin.Member == member.Name).Field is { } pinned)
            {
                asked.SetValue(pinned, member.Value.GetString()!);
            }
            else if (s_floors.FirstOrDefault(floor => floor.Member == member.Name).Field is { } floored)
            {
                asked.SetFloor(floored, member.Value.GetInt64());
            }
            else if (member.NameEquals("expected_report_data_hex"))
            {
                asked.Bind(Convert.FromHexString(member.Value.GetString()!));
            }
            else if (member.NameEquals("enforce_spec_defaults"))
            {
                if (member.Value.GetBoolean())
                {
                    asked.SetValue("policy_bits.single_socket", "0");
                }
            }
            else
            {
                throw new FormatException($"nobody reads the policy member \"{member.Name}\"");
            }
        }
    }
}
