using System.Collections.Immutable;
using Amnion.Attestation.Dcap;
using Amnion.Attestation.EventLogs;

namespace Amnion.Attestation.Composite;

/// <summary>
/// Compares what a trust domain measured with the registers in its quote: the CC event log of its firmware (ACPI table CCEL), whose registers 1 to 4 are RTMR 0 to 3, and dstack's
/// log. Whether the quote is authentic is <see cref="DcapVerifier"/>'s to say.
/// </summary>
public static class TdxLogVerifier
{
    const int Registers = 4;

    /// <summary>Replays a CC event log into the quote's registers.</summary>
    /// <param name="log">The log, with its padding.</param>
    /// <param name="quote">A quote of a trust domain.</param>
    /// <param name="table">The ACPI table; null where it was not given.</param>
    public static CompositeVerificationResult VerifyCcel(ReadOnlySpan<byte> log, DcapQuote quote, ReadOnlyMemory<byte>? table = null)
    {
        ArgumentNullException.ThrowIfNull(quote);
        var checks = new CheckList();
        CheckTable(table, log.Length, checks);
        var fields = Check(log.ToArray(), quote, cache: null, checks);
        return new CompositeVerificationResult(checks.ToImmutable(), fields);
    }

    /// <summary>Replays dstack's events into the quote's registers.</summary>
    public static CompositeVerificationResult VerifyDstack(DstackEvidence evidence, DcapQuote quote)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(quote);
        var checks = new CheckList();
        DstackVerifier.Verify(evidence, Rtmrs(quote, 0), quote.ReportData.Span, checks);
        return new CompositeVerificationResult(checks.ToImmutable(), evidence.Fields);
    }

    internal static ImmutableArray<EvidenceField> Check(ReadOnlyMemory<byte>? log, DcapQuote quote, AppraisalCache? cache, CheckList checks) =>
        BootLog.Check(log, EventLogKind.ConfidentialComputing, TcgHash.Sha384, Rtmrs(quote, 1), cache, checks);

    /// <summary>Registers numbered from <paramref name="first"/>; none for an enclave, which has none.</summary>
    internal static ImmutableSortedDictionary<int, ReadOnlyMemory<byte>> Rtmrs(DcapQuote quote, int first) => quote.TdReport is { } td
        ? Enumerable.Range(0, Registers).ToImmutableSortedDictionary(i => i + first, i => td.Rtmr(i))
        : ImmutableSortedDictionary<int, ReadOnlyMemory<byte>>.Empty;

    static void CheckTable(ReadOnlyMemory<byte>? table, int length, CheckList checks)
    {
        if (table is not { } bytes)
        {
            checks.Add(EventLogRules.Table, CheckOutcome.Skip, actual: "no table was given", required: false);
            return;
        }

        try
        {
            var parsed = CcelTable.Parse(bytes.Span);
            checks.Add(EventLogRules.Table, parsed.Type == 2 && length <= parsed.LogLength, "type 2 (TDX) and room for the log", System.FormattableString.Invariant($"type {parsed.Type}, {parsed.LogLength} bytes"));
        }
        catch (EventLogFormatException exception)
        {
            checks.Add(EventLogRules.Table, CheckOutcome.Fail, actual: exception.Message);
        }
    }
}
