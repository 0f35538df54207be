using System.Collections.Immutable;
using System.Globalization;

namespace Amnion.Attestation.EventLogs;

/// <summary>Names, values and meanings of a log's events.</summary>
static class EventLogFields
{
    /// <summary>EFI_GLOBAL_VARIABLE with the variable's name: UEFI §3.3.</summary>
    const string SecureBootName = "8be4df61-93ca-11d2-aa0d-00e098032b8c-SecureBoot";

    public static ImmutableArray<EvidenceField> Of(EventLog log)
    {
        var fields = ImmutableArray.CreateBuilder<EvidenceField>();
        fields.Add(new EvidenceField("log.format", log.IsCryptoAgile ? "tcg2" : "tcg1.2", "format of the event log"));
        fields.Add(new EvidenceField("log.algorithms", string.Join(',', log.Algorithms.Select(LogDigest.Text)), "hashes that the log has digests of"));
        fields.Add(new EvidenceField("log.events", log.Events.Length.ToString(CultureInfo.InvariantCulture), "events after the header"));
        fields.Add(new EvidenceField("log.startup_locality", log.Locality.ToString(CultureInfo.InvariantCulture), "locality in which the TPM was started; register 0 starts from it"));
        if (SecureBoot(log) is { } enabled)
        {
            fields.Add(new EvidenceField("log.secure_boot", enabled ? "true" : "false", "whether the firmware enforced Secure Boot"));
        }

        foreach (var entry in log.Events)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"event.{entry.Position}.");
            fields.Add(new EvidenceField(name + "register", entry.Register.ToString(CultureInfo.InvariantCulture), "register that was extended, as the log numbers it"));
            fields.Add(new EvidenceField(name + "type", entry.TypeName, entry.Meaning) { IsRemark = true });
            fields.Add(new EvidenceField(name + "detail", entry.Detail, "what the log says of it") { IsRemark = entry.Coverage == EventCoverage.None });
            fields.Add(new EvidenceField(name + "covers", Covers(entry.Coverage), entry.Coverage == EventCoverage.None ? "the text is a remark; only the digest was measured" : "what the digest stands for"));
            foreach (var (algorithm, digest) in entry.Digests)
            {
                fields.Add(new EvidenceField(name + LogDigest.Text(algorithm), Convert.ToHexStringLower(digest.Span), "digest that extended the register"));
            }
        }

        return fields.ToImmutable();
    }

    /// <summary>
    /// What the firmware measured of the variable: into register 7 of a TPM, or index 1 (RTMR0) of a CC log, which knows indexes 0 to 4 only. Whoever runs later can extend the
    /// same or another register with an event that says something else, so other registers do not count and a contradiction is no answer.
    /// </summary>
    public static bool? SecureBoot(EventLog log)
    {
        var register = log.Events.Any(entry => entry.Register > 4) ? 7u : 1u;
        var found = new List<bool>();
        foreach (var entry in log.Events.Where(entry => entry.Register == register))
        {
            if (entry.Type == LogEventType.VariableDriverConfig && entry.Coverage == EventCoverage.Data && EventLogText.TryReadVariable(entry.Data, out var name, out var value) && name == SecureBootName)
            {
                found.Add(value.Span is [1]);
            }
        }

        return found.Count > 0 && found.TrueForAll(enabled => enabled == found[0]) ? found[0] : null;
    }

    static string Covers(EventCoverage coverage) => coverage switch
    {
        EventCoverage.Data => "data",
        EventCoverage.DataWithoutLastByte => "data without its last byte",
        EventCoverage.VariableValue => "variable's value",
        EventCoverage.TextAfterColon => "text after the colon",
        _ => "nothing",
    };
}
