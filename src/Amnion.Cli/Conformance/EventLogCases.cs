using System.Collections.Immutable;
using System.Globalization;
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

    static CaseAnswer Parse(ConformanceCase item)
    {
        var log = EventLog.Parse(item.File("log"));
        return new CaseAnswer("parse_only", [], log.Fields) { Parsed = true, Policy = Apply(item, log.Fields) };
    }

    static ImmutableArray<string>? Apply(ConformanceCase item, IReadOnlyCollection<EvidenceField> fields) =>
        item.Policy is { } policy ? [.. new CasePolicy(fields, "td.", "log.", "report.").Failures(policy)] : null;

    /// <summary>Another parser's result: what it says of each event must be what this one reads in the same log.</summary>
    static CaseAnswer Compare(ConformanceCase item)
    {
        using var json = JsonDocument.Parse(item.File("log"));
        var stated = json.RootElement.GetProperty("uefi_event_logs").EnumerateArray().ToList();
        var log = Log(item, stated);
        var wrong = log.Events.Length != stated.Count
            ? [string.Create(CultureInfo.InvariantCulture, $"{log.Events.Length} events, expected {stated.Count}")]
            : stated.Index().Where(entry => !StatedEvents.IsSame(log.Events[entry.Index], entry.Item)).Select(entry => string.Create(CultureInfo.InvariantCulture, $"event {entry.Index} differs")).ToImmutableArray();
        return new CaseAnswer(wrong.IsEmpty ? "parse_only" : "invalid", wrong, wrong.IsEmpty ? log.Fields : []) { Policy = Apply(item, log.Fields) };
    }

    /// <summary>
    /// The log itself: beside the result in the case, or in another case of the folder, whichever shares most events with it. Without either, the stated
    /// events in the log's own format, so that this parser reads them all the same.
    /// </summary>
    static EventLog Log(ConformanceCase item, List<JsonElement> stated)
    {
        var own = item.Entries.Where(entry => entry.Role != "log").Select(entry => EventLog.Parse(item.FileAt(entry.Path))).FirstOrDefault();
        if (own is not null)
        {
            return own;
        }

        using var manifest = JsonDocument.Parse(item.FileAt("MANIFEST.json"));
        var best = manifest.RootElement.GetProperty("cases").EnumerateArray().Select(item.Sibling).Where(other => other.Tee == item.Tee && other.Kind == "tcg_event_log")
            .Select(other => other.TryFile("log") is { } file && EventLog.TryParse(file, out var log) && log.Events.Length == stated.Count ? log : null).OfType<EventLog>()
            .Select(log => (Log: log, Shared: stated.Index().Count(entry => StatedEvents.HasData(log.Events[entry.Index], entry.Item)))).Where(found => found.Shared > 0).OrderByDescending(found => found.Shared).FirstOrDefault().Log;
        return best ?? EventLog.Parse(StatedEvents.Encode(stated));
    }

    static CaseAnswer ReplayCcel(ConformanceCase item)
    {
        // The quote's role is named after its file in some cases.
        var others = item.Roles.Where(role => role is not ("ccel_data" or "ccel_table" or "nonce")).ToList();
        var role = others.Find(role => role == "quote") ?? others.Find(role => role.Contains("quote", StringComparison.Ordinal)) ?? others.FirstOrDefault() ?? throw new FormatException("the case has no quote");
        var table = item.TryFile("ccel_table");
        var (quote, checks) = item.Shared($"quote of {item.Tee}/{item.Id}", own => Tuple.Create(HardwareCases.VerifyQuote(own, own.File(role)))).Item1;
        var log = TdxLogVerifier.VerifyCcel(item.File("ccel_data"), quote, table is null ? null : (ReadOnlyMemory<byte>?)table);
        EvidenceField[] fields = [.. quote.Fields, .. log.Fields];
        var answer = CaseAnswer.Of(checks.Concat(log.Checks), fields) with { Policy = Apply(item, fields) };

        // A nonce shorter than the field stands there with zeros behind it.
        return item.TryFile("nonce") is { } nonce && (nonce.Length == 0 || !quote.ReportData.Span.StartsWith(nonce) || quote.ReportData.Span[nonce.Length..].ContainsAnyExcept((byte)0))
            ? answer with { Outcome = "invalid", Codes = answer.Codes.Add(AttestationCodes.Nonce) }
            : answer;
    }

    static CaseAnswer ReplayDstack(ConformanceCase item)
    {
        if (!DstackEvidence.TryParse(item.File("evidence"), out var evidence))
        {
            return CaseAnswer.Malformed(EventLogCodes.Malformed);
        }

        var (quote, checks) = HardwareCases.VerifyQuote(item, evidence.Quote.Span);
        var log = TdxLogVerifier.VerifyDstack(evidence, quote);
        EvidenceField[] fields = [.. quote.Fields, .. log.Fields];
        return CaseAnswer.Of(checks.Concat(log.Checks), fields) with { Policy = Apply(item, fields) };
    }
}
