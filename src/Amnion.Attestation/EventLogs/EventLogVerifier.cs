using System.Collections.Immutable;
using System.Globalization;

namespace Amnion.Attestation.EventLogs;

/// <summary>Compares an event log with registers that authentic Evidence carries.</summary>
public static class EventLogVerifier
{
    /// <summary>Registers that firmware and boot loader extend; 0 to 7 always hold something once a machine has booted.</summary>
    const int FirmwareRegisters = 8;

    /// <summary>Runs every check and lists all of them; the log tells the truth about the registers where none rejects.</summary>
    /// <param name="log">The log.</param>
    /// <param name="algorithm">TPM_ALG_ID of the registers' hash.</param>
    /// <param name="registers">Authentic values by the log's numbering: PCRs, or 1 to 4 for RTMR 0 to 3.</param>
    public static ImmutableArray<AttestationCheck> Verify(EventLog log, int algorithm, ImmutableSortedDictionary<int, ReadOnlyMemory<byte>> registers)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(registers);
        var checks = new CheckList();
        Verify(log, algorithm, registers, checks);
        return checks.ToImmutable();
    }

    internal static void Verify(EventLog log, int algorithm, ImmutableSortedDictionary<int, ReadOnlyMemory<byte>> registers, CheckList checks)
    {
        checks.AddRange(log.OwnChecks);
        var usable = log.Algorithms.Contains(algorithm) && TcgHash.Name(algorithm) is not null;
        checks.Add(EventLogRules.Bank, usable, TcgHash.Text(algorithm), log.AlgorithmsText);
        if (!usable)
        {
            return;
        }

        var replayed = log.ReplayedRegisters(algorithm);
        List<string>? unquoted = null;
        foreach (var register in replayed)
        {
            if (!registers.ContainsKey(register.Index))
            {
                (unquoted ??= []).Add(Number(register.Index));
            }
        }

        checks.Add(EventLogRules.RegisterNotQuoted, unquoted, "quoted registers only");
        foreach (var register in replayed)
        {
            if (registers.TryGetValue(register.Index, out var quoted))
            {
                var isEqual = quoted.Span.SequenceEqual(register.Value.Span);
                checks.Add(register.Rule, isEqual, isEqual ? register.Text : Convert.ToHexStringLower(quoted.Span), register.Text);
            }
        }

        // A register at its start value needs no event; any other that firmware extends must be explained, or events were cut out as a whole.
        List<string>? silent = null;
        for (var index = 0; index < FirmwareRegisters; index++)
        {
            if (registers.TryGetValue(index, out var quoted) && quoted.Span.ContainsAnyExcept((byte)0) && !replayed.Any(register => register.Index == index))
            {
                (silent ??= []).Add(Number(index));
            }
        }

        checks.Add(EventLogRules.RegisterNotInLog, silent, "an event for each of registers 0 to 7 that is not zero");
    }

    /// <summary>The rules that hold within a log, whatever it is compared with.</summary>
    public static ImmutableArray<AttestationCheck> VerifyDigests(EventLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        return log.DigestChecks;
    }

    internal static ImmutableArray<AttestationCheck> CheckItself(EventLog log)
    {
        var checks = new CheckList();
        checks.Add(EventLogRules.Log, CheckOutcome.Pass, actual: log.ToString());
        var wrong = log.Events.Where(entry => LogEventType.DigestCoversData(entry.Type) && entry.Coverage == EventCoverage.None).Select(Describe).ToList();
        checks.Add(EventLogRules.DigestOfData, wrong, "the hash of the event data");
        var noted = log.Events.Where(entry => !entry.Extends && entry.Digests.Values.Any(digest => digest.Span.ContainsAnyExcept((byte)0))).Select(Describe).ToList();
        checks.Add(EventLogRules.NoActionDigest, noted, "zeros");
        return checks.ToImmutable();
    }

    static string Describe(EventLogEvent entry) => string.Create(CultureInfo.InvariantCulture, $"event {entry.Position} ({entry.TypeName}, register {entry.Register})");

    static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
