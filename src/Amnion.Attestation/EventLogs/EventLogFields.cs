using System.Collections.Immutable;
using System.Globalization;

namespace Amnion.Attestation.EventLogs;

/// <summary>Names, values and meanings of a log's events.</summary>
static class EventLogFields
{
    /// <summary>EFI_GLOBAL_VARIABLE with the variable's name: UEFI §3.3.</summary>
    const string SecureBootName = "8be4df61-93ca-11d2-aa0d-00e098032b8c-SecureBoot";

    /// <summary>
    /// A register vouches for what its bank's digests cover and for nothing else: digests of other banks, notes that extend nothing, and what counts or describes
    /// the log as a whole could be changed without changing any register, so they are remarks.
    /// </summary>
    /// <param name="log">The log.</param>
    /// <param name="kind">The registers that it was compared with; null leaves out what depends on them.</param>
    /// <param name="replayed">TPM_ALG_ID of the bank that was replayed; null where none was.</param>
    public static ImmutableArray<EvidenceField> Of(EventLog log, EventLogKind? kind, int? replayed)
    {
        var fields = ImmutableArray.CreateBuilder<EvidenceField>();
        void Add(string name, string value, string meaning, bool isRemark) => fields.Add(new EvidenceField(name, value, meaning) { IsRemark = isRemark });
        Add("log.format", log.IsCryptoAgile ? "tcg2" : "tcg1.2", "format of the event log", isRemark: true);
        Add("log.algorithms", string.Join(',', log.Algorithms.Select(TcgHash.Text)), "hashes that the log has digests of", isRemark: true);
        Add("log.events", log.Events.Length.ToString(CultureInfo.InvariantCulture), "events after the header", isRemark: true);
        var startsRegister = replayed is not null && log.Events.Any(entry => entry is { Extends: true, Register: 0 });
        Add("log.startup_locality", log.Locality.ToString(CultureInfo.InvariantCulture), "locality in which the TPM was started; register 0 starts from it", !startsRegister);
        if (kind is { } known && SecureBoot(log, known) is { } enabled)
        {
            Add("log.secure_boot", enabled ? "true" : "false", "whether the firmware enforced Secure Boot", replayed is null);
        }

        foreach (var entry in log.Events)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"event.{entry.Position}.");
            var isRemark = replayed is null || !entry.Extends;
            Add(name + "register", entry.Register.ToString(CultureInfo.InvariantCulture), "register that was extended, as the log numbers it", isRemark);
            Add(name + "type", entry.TypeName, entry.Meaning, isRemark: true);
            if (isRemark || entry.Coverage == EventCoverage.None)
            {
                Add(name + "detail", entry.Detail, "what the log says of it", isRemark: true);
            }
            else
            {
                Add(name + "detail", EventLogText.DescribeCovered(entry), "what was measured", isRemark: false);
                Add(name + "text", entry.Detail, "what the log says of it, with what was not measured", isRemark: true);
            }

            Add(name + "covers", Covers(entry.Coverage), entry.Coverage == EventCoverage.None ? "the text is a remark; only the digest was measured" : "what the digest stands for", isRemark);
            foreach (var (algorithm, digest) in entry.Digests)
            {
                Add(name + TcgHash.Text(algorithm), Convert.ToHexStringLower(digest.Span), "digest that extended the register", isRemark || algorithm != replayed);
            }
        }

        return fields.ToImmutable();
    }

    /// <summary>
    /// What the firmware measured of the variable before it handed over: into register 7 of a TPM, or index 1 (RTMR0) of a CC log. Which of the two is the caller's to say: from the
    /// log alone an attester could choose it by one more event. Whoever runs later can extend the same or another register with an event that says something else, and can relabel the
    /// firmware's own, whose type no digest covers: only what stands before the first separator counts, which is known by its digest. Without one there is no answer, and a
    /// contradiction is none.
    /// </summary>
    public static bool? SecureBoot(EventLog log, EventLogKind kind)
    {
        var register = kind == EventLogKind.Tpm ? 7u : 1u;
        var found = new List<bool>();
        foreach (var entry in log.Events.Where(entry => entry.Extends && entry.Register == register))
        {
            if (EventLogText.IsSeparator(entry))
            {
                return found.Count > 0 && found.TrueForAll(enabled => enabled == found[0]) ? found[0] : null;
            }

            if (entry.Coverage == EventCoverage.Data && EventLogText.TryReadVariable(entry.Data, out var name, out var value) && name == SecureBootName)
            {
                found.Add(value.Span is [1]);
            }
        }

        return null;
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
