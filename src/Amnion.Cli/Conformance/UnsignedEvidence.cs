using System.Collections.Immutable;
using Amnion.Attestation.Composite;
using Amnion.Attestation.EventLogs;
using Amnion.Attestation.Tpm;

namespace Amnion.Cli.Conformance;

/// <summary>
/// Parts of Evidence that neither a signature nor a register covers, by format: what an event log says beside its digests, what stands around the quotes in a container.
/// docs/specs/unsigned-bits.md says of each why it is harmless.
/// </summary>
static class UnsignedEvidence
{
    /// <summary>True where both read as the same kind of Evidence, and differ in nothing but such parts.</summary>
    /// <param name="original">The file as it is.</param>
    /// <param name="altered">The altered file.</param>
    /// <param name="waivesProvenance">Nobody vouches for a TPM's key in this case, so that its certificate is not looked at.</param>
    public static bool Covers(ReadOnlySpan<byte> original, ReadOnlySpan<byte> altered, bool waivesProvenance = false) =>
        CoversTpm(original, altered, waivesProvenance) || CoversAzure(original, altered) || CoversDstack(original, altered) || CoversEndorsement(original, altered)
        || (original.Length <= EventLog.MaxLength && CoversLog(original, altered, bank: null));

    /// <summary>
    /// What was accepted says nothing but what the original said, and maybe less: values of an event whose data are no longer those that were measured turn into remarks, and its
    /// "covers" says so.
    /// </summary>
    public static bool SaysNoMore(IEnumerable<string> before, IEnumerable<string> after)
    {
        var known = before.ToHashSet(StringComparer.Ordinal);
        return after.All(value => known.Contains(value) || (value.StartsWith("event.", StringComparison.Ordinal) && value.EndsWith(".covers=nothing", StringComparison.Ordinal)));
    }

    /// <summary>
    /// True where a container of TPM quotes lost one of several, its name in the container altered, and has all others as they were: it says what another of its own quotes says, and a
    /// sender could have left that one out as well.
    /// </summary>
    public static bool LeavesOutQuote(ReadOnlySpan<byte> original, ReadOnlySpan<byte> altered) =>
        TryTpm(original) is { } before && TryTpm(altered) is { } after && !after.Quotes.IsEmpty && after.Quotes.Length == before.Quotes.Length - 1 && HasOnly(before.Quotes, after.Quotes);

    /// <summary>The same events in the same registers with the same digests, in the bank that was replayed or in all. Types and texts extend nothing.</summary>
    static bool CoversLog(ReadOnlySpan<byte> original, ReadOnlySpan<byte> altered, int? bank) =>
        !original.IsEmpty && !altered.IsEmpty && EventLog.TryParse(original, out var before) && EventLog.TryParse(altered, out var after)
        && before.Locality == after.Locality && before.Events.Where(entry => entry.Extends).SequenceEqual(after.Events.Where(entry => entry.Extends), new SameEvent(bank));

    /// <summary>The same quotes, values, keys and certificates: the key's attributes, an endorsement key that nobody asked for and a log's texts may differ.</summary>
    static bool CoversTpm(ReadOnlySpan<byte> original, ReadOnlySpan<byte> altered, bool waivesProvenance)
    {
        if (TryTpm(original) is not { } before || TryTpm(altered) is not { } after)
        {
            return false;
        }

        // A key that is not read any more is none that was altered: the certificate has it too.
        return (LeavesOutQuote(original, altered) || (before.Quotes.Length == after.Quotes.Length && HasOnly(before.Quotes, after.Quotes)))
            && (after.AttestationKeyInfo is null || IsSame(before.AttestationKeyInfo, after.AttestationKeyInfo))
            && after.Certificates.Length <= before.Certificates.Length && (waivesProvenance || before.Certificates.Zip(after.Certificates).All(pair => IsSame(pair.First, pair.Second)))
            && (IsSame(before.EventLog, after.EventLog) || after.EventLog is null
                || (before.EventLog is { } log && CoversLog(log.Span, after.EventLog.Value.Span, TpmVerifier.Select(after, dangerousAllowSha1: true)?.Values.Algorithm)));
    }

    static TpmEvidence? TryTpm(ReadOnlySpan<byte> file) => !file.IsEmpty && file.Length <= TpmEvidence.MaxLength && TpmEvidence.TryParse(file, out var evidence) ? evidence : null;

    static bool HasOnly(ImmutableArray<TpmSignedQuote> before, ImmutableArray<TpmSignedQuote> after)
    {
        var at = 0;
        return after.All(quote =>
        {
            while (at < before.Length && !IsSame(before[at], quote))
            {
                at++;
            }

            return at++ < before.Length;
        });
    }

    /// <summary>
    /// The same quotes, but for the text around the TDX quote's certificates, and the same runtime data: the TDREPORT in the container carries a MAC that only its own processor can check, and gives no values.
    /// </summary>
    static bool CoversAzure(ReadOnlySpan<byte> original, ReadOnlySpan<byte> altered) =>
        AzureVtpmEvidence.TryParse(original, out var before) && AzureVtpmEvidence.TryParse(altered, out var after)
        && before.TdQuote is { } quote && after.TdQuote is { } other && UnsignedBits.IsSameQuote(quote.Span, other.Span) && IsSame(before.Quote, after.Quote)
        && before.Hcl.RuntimeJson.Span.SequenceEqual(after.Hcl.RuntimeJson.Span) && before.Hcl.ReportData.Span.SequenceEqual(after.Hcl.ReportData.Span)
        && before.Hcl.ReportType == after.Hcl.ReportType && before.Hcl.HashType == after.Hcl.HashType;

    /// <summary>The same quote and digests, no other report data stated beside the quote's own, and what runtime events say, which is what their digests are made of; not what firmware's events say, nor the machine's description.</summary>
    static bool CoversDstack(ReadOnlySpan<byte> original, ReadOnlySpan<byte> altered) =>
        DstackEvidence.TryParse(original, out var before) && DstackEvidence.TryParse(altered, out var after)
        && IsSame(before.Quote, after.Quote) && (after.ReportData is null || IsSame(before.ReportData, after.ReportData)) && before.HasBootEvents == after.HasBootEvents
        && before.Events.Length == after.Events.Length && before.Events.Zip(after.Events).All(pair => IsSame(pair.First, pair.Second, before.HasBootEvents));

    /// <summary>Microsoft's endorsement: the signed header, payload and signature. The unprotected header holds a time stamp that nothing reads.</summary>
    static bool CoversEndorsement(ReadOnlySpan<byte> original, ReadOnlySpan<byte> altered) =>
        UvmReferenceInfo.TryParse(original, out var before) && UvmReferenceInfo.TryParse(altered, out var after)
        && IsSame(before.Protected, after.Protected) && IsSame(before.Payload, after.Payload) && IsSame(before.Signature, after.Signature);

    // Without all of firmware's events their digests are replayed into nothing, and are remarks.
    static bool IsSame(DstackEvent before, DstackEvent after, bool hasBootEvents) => before.Register == after.Register && before.IsRuntime == after.IsRuntime
        && (IsSame(before.Digest, after.Digest) || (!hasBootEvents && before.Register < 3))
        && (!before.IsRuntime || (before.Name == after.Name && IsSame(before.Payload, after.Payload)));

    static bool IsSame(TpmSignedQuote before, TpmSignedQuote after) => IsSame(before.Quote.Message, after.Quote.Message)
        && before.Signature.Scheme == after.Signature.Scheme && before.Signature.Hash == after.Signature.Hash && IsSame(before.Signature.Value, after.Signature.Value) && IsSame(before.Signature.Second, after.Signature.Second)
        && before.Values.Length == after.Values.Length && before.Values.Zip(after.Values).All(pair => IsSame(pair.First, pair.Second));

    static bool IsSame(TpmPcrValues before, TpmPcrValues after) => before.Algorithm == after.Algorithm && IsSame(before.Values, after.Values);

    static bool IsSame(ImmutableSortedDictionary<int, ReadOnlyMemory<byte>> before, ImmutableSortedDictionary<int, ReadOnlyMemory<byte>> after) =>
        before.Count == after.Count && before.Zip(after).All(pair => pair.First.Key == pair.Second.Key && IsSame(pair.First.Value, pair.Second.Value));

    static bool IsSame(ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> after) => before.Span.SequenceEqual(after.Span);

    static bool IsSame(ReadOnlyMemory<byte>? before, ReadOnlyMemory<byte>? after) => before is { } one ? after is { } other && IsSame(one, other) : after is null;

    sealed class SameEvent(int? bank) : IEqualityComparer<EventLogEvent>
    {
        public bool Equals(EventLogEvent? x, EventLogEvent? y) => x is not null && y is not null && x.Register == y.Register
            && (bank is { } one ? x.Digests.TryGetValue(one, out var before) && y.Digests.TryGetValue(one, out var after) && IsSame(before, after) : IsSame(x.Digests, y.Digests));

        public int GetHashCode(EventLogEvent obj) => (int)obj.Register;
    }
}
