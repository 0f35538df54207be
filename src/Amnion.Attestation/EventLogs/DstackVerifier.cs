using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;

namespace Amnion.Attestation.EventLogs;

/// <summary>
/// Compares dstack's events with the runtime measurement registers of an authentic quote. RTMR 3 is filled by the guest: its events are true only
/// where the code that measured them is pinned, by the initial measurement and RTMR 0 to 2.
/// </summary>
public static class DstackVerifier
{
    const int Registers = 4;
    const int DigestLength = 48;

    /// <summary>Runs every check and lists all of them.</summary>
    /// <param name="evidence">The container.</param>
    /// <param name="rtmrs">RTMR 0 to 3 of the quote, 48 bytes each.</param>
    /// <param name="reportData">The quote's report data, 64 bytes.</param>
    public static ImmutableArray<AttestationCheck> Verify(DstackEvidence evidence, ImmutableSortedDictionary<int, ReadOnlyMemory<byte>> rtmrs, ReadOnlySpan<byte> reportData)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(rtmrs);
        var checks = new CheckList();
        Verify(evidence, rtmrs, reportData, checks);
        return checks.ToImmutable();
    }

    internal static void Verify(DstackEvidence evidence, ImmutableSortedDictionary<int, ReadOnlyMemory<byte>> rtmrs, ReadOnlySpan<byte> reportData, CheckList checks)
    {
        var wrong = Positions(evidence, entry => entry.IsRuntime && !entry.StatedDigest.IsEmpty && !entry.StatedDigest.Span.SequenceEqual(entry.RuntimeDigest()));
        checks.Add(EventLogRules.RuntimeDigest, wrong, "SHA-384 of type, name and payload");
        var data = Positions(evidence, entry => !entry.IsRuntime && LogEventType.DigestCoversData(entry.Type) && !entry.Payload.IsEmpty && !IsOfData(entry));
        checks.Add(EventLogRules.DigestOfData, data, "the hash of the event data");
        for (var register = 0; register < Registers; register++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"RTMR{register}: {EventLogRules.Replay.Name}");
            if (register != 3 && !evidence.HasBootEvents)
            {
                checks.Add(EventLogRules.Replay, CheckOutcome.Skip, actual: "the container leaves firmware's events out; pin the register itself", required: false, name: name);
                continue;
            }

            var replayed = Replay(evidence.Events.Where(entry => entry.Register == register));
            checks.Add(EventLogRules.Replay, rtmrs.TryGetValue(register, out var actual) && actual.Span.SequenceEqual(replayed), rtmrs.ContainsKey(register) ? Convert.ToHexStringLower(actual.Span) : "absent", Convert.ToHexStringLower(replayed), name);
        }

        if (evidence.ReportData is { } stated)
        {
            checks.Add(EventLogRules.StatedValue, stated.Span.SequenceEqual(reportData), Convert.ToHexStringLower(reportData), Convert.ToHexStringLower(stated.Span), "report_data: " + EventLogRules.StatedValue.Name);
        }
    }

    static bool IsOfData(DstackEvent entry)
    {
        if (SHA384.HashData(entry.Payload.Span).AsSpan().SequenceEqual(entry.StatedDigest.Span))
        {
            return true;
        }

        return entry.Type == LogEventType.VariableAuthority && SHA384.HashData(entry.Payload.Span[..^1]).AsSpan().SequenceEqual(entry.StatedDigest.Span);
    }

    static byte[] Replay(IEnumerable<DstackEvent> events)
    {
        var register = new byte[DigestLength];
        foreach (var entry in events)
        {
            register = SHA384.HashData([.. register, .. entry.Digest.Span]);
        }

        return register;
    }

    static List<string> Positions(DstackEvidence evidence, Func<DstackEvent, bool> wrong) =>
        [.. Enumerable.Range(0, evidence.Events.Length).Where(i => wrong(evidence.Events[i])).Select(i => string.Create(CultureInfo.InvariantCulture, $"event {i}"))];
}
