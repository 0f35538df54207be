using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Attestation.Composite;
using Amnion.Attestation.EventLogs;

namespace Amnion.Cli.Conformance;

/// <summary>Cases of event logs, alone and with the quotes whose registers they fill.</summary>
static class EventLogCases
{
    public static CaseAnswer Run(ConformanceCase item) => item.Kind switch
    {
        "expected_parse" => Compare(item),
        "ccel+quote" => ReplayCcel(item),
        "dstack_evidence_json" => ReplayDstack(item),
        _ => Parse(item),
    };

    static CaseAnswer Parse(ConformanceCase item) => EventLog.TryParse(item.File("log"), out var log)
        ? new CaseAnswer("parse_only", [], log.Fields)
        : new CaseAnswer("invalid", [EventLogCodes.Malformed], []);

    /// <summary>Another parser's result: what it says of each event's type and digest must be what this one says of the same bytes.</summary>
    static CaseAnswer Compare(ConformanceCase item)
    {
        using var json = JsonDocument.Parse(item.File("log"));
        var wrong = json.RootElement.GetProperty("uefi_event_logs").EnumerateArray().Index().Where(entry => !IsRight(entry.Item)).Select(entry => FormattableString.Invariant($"event {entry.Index} differs")).ToImmutableArray();
        return new CaseAnswer(wrong.IsEmpty ? "parse_only" : "invalid", wrong, []);
    }

    static bool IsRight(JsonElement entry)
    {
        var data = Convert.FromBase64String(entry.GetProperty("event").GetString()!);
        var matches = entry.GetProperty("digests").EnumerateArray().All(digest => Hash(digest.GetProperty("alg").GetString()!, data) == digest.GetProperty("digest").GetString());
        return matches == entry.GetProperty("digest_matches_event").GetBoolean() && entry.GetProperty("type_name").GetString()!.StartsWith("EV_", StringComparison.Ordinal) && entry.GetProperty("index").GetInt32() < EventLog.RegisterCount;
    }

    static string Hash(string algorithm, byte[] data) => Convert.ToHexStringLower(algorithm switch
    {
        "SHA-256" => SHA256.HashData(data),
        "SHA-384" => SHA384.HashData(data),
        "SHA-512" => SHA512.HashData(data),
        _ => throw new FormatException($"nobody computes \"{algorithm}\""),
    });

    static CaseAnswer ReplayCcel(ConformanceCase item)
    {
        // The quote's role is named after its file.
        var role = item.Roles.Single(role => role is not ("ccel_data" or "ccel_table" or "nonce"));
        var table = item.TryFile("ccel_table");
        var (quote, checks) = HardwareCases.VerifyQuote(item.File(role), item.VerifyAt);
        var log = TdxLogVerifier.VerifyCcel(item.File("ccel_data"), quote, table is null ? null : (ReadOnlyMemory<byte>?)table);
        var codes = checks.Concat(log.Checks).Where(check => check.Rejects).Select(check => check.Code).ToList();
        if (item.TryFile("nonce") is { } nonce && !quote.ReportData.Span.SequenceEqual(nonce))
        {
            codes.Add(AttestationCodes.Nonce);
        }

        return new CaseAnswer(codes.Count == 0 ? "valid" : "invalid", [.. codes], [.. quote.Fields, .. log.Fields]);
    }

    static CaseAnswer ReplayDstack(ConformanceCase item)
    {
        if (!DstackEvidence.TryParse(item.File("evidence"), out var evidence))
        {
            return new CaseAnswer("invalid", [EventLogCodes.Malformed], []);
        }

        var (quote, checks) = HardwareCases.VerifyQuote(evidence.Quote.Span, item.VerifyAt);
        var log = TdxLogVerifier.VerifyDstack(evidence, quote);
        var codes = checks.Concat(log.Checks).Where(check => check.Rejects).Select(check => check.Code).ToImmutableArray();
        return new CaseAnswer(codes.IsEmpty ? "valid" : "invalid", codes, [.. quote.Fields, .. log.Fields]);
    }
}
