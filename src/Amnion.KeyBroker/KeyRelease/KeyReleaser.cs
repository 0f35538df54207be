using Amnion.Attestation;
using Amnion.KeyBroker.Audit;
using Amnion.KeyBroker.Storage;
using Amnion.Records;
using Amnion.Records.Telemetry;
using Amnion.Sealing;
using Microsoft.Extensions.Logging;

namespace Amnion.KeyBroker.KeyRelease;

/// <summary>
/// Decides on releases: challenge, appraisal under the key's own policy (RFC 9334 §8.5), then the key sealed to the attested
/// one-time key. Every decision on a known key is in the audit log before its answer leaves.
/// </summary>
sealed class KeyReleaser(KeyStore store, ChallengeBook challenges, DecisionBudget budget, DecisionBudget strays, TimeProvider time, ILogger logger, Action<TelemetryEvent> emit)
{
    // Many enclaves, few certificate authorities: their signatures are verified once, everything else each time.
    readonly AppraisalCache _signatures = new();
    long _released;
    long _refused;

    public long Released => Interlocked.Read(ref _released);

    public long Refused => Interlocked.Read(ref _refused);

    public int Outstanding => challenges.Outstanding;

    public long Keys => store.Count();

    /// <summary>A challenge for one key.</summary>
    public ReleaseAnswer Challenge(string keyId)
    {
        if (Find(keyId) is not { } row)
        {
            return Answer(Refusal.Unknown);
        }

        if (row.State == KeyState.Revoked)
        {
            return Answer(Refusal.Revoked);
        }

        return challenges.Issue(keyId) is { } challenge ? new ReleaseAnswer.Challenged(challenge) : Answer(Refusal.TooManyChallenges);
    }

    /// <summary>Decides on one request.</summary>
    public ReleaseAnswer Release(string keyId, ReadOnlySpan<byte> body)
    {
        ReleaseRequest request;
        try
        {
            request = ReleaseRequest.Parse(body);
        }
        catch (RecordFormatException e)
        {
            return Answer(Refusal.Malformed(e.Message));
        }

        if (Find(keyId) is not { } row)
        {
            return Answer(Refusal.Unknown);
        }

        // What answers no challenge of ours has a budget of its own, so that it cannot use up that of enclaves.
        if (!(challenges.Knows(request.Challenge) ? budget : strays).TryTake())
        {
            return Answer(Refusal.TooManyRequests);
        }

        var entry = new AuditEntry(AuditDecision.Refused, keyId, row.Version, row.PolicyDigest) { Challenge = Digest.Sha256(request.Challenge.Challenge.AsSpan()) };
        if (row.State == KeyState.Revoked)
        {
            return Refuse(entry, Refusal.Revoked);
        }

        // Used up before anything is decided: whatever happens below, it cannot be presented again.
        if (challenges.Take(request.Challenge, keyId) is { } code)
        {
            return Refuse(entry, Refusal.Challenge(code));
        }

        try
        {
            return Decide(row, request, entry);
        }
        catch (KeyBrokerException e) when (e.Code == KeyBrokerCodes.KeyDamaged)
        {
            return Refuse(entry, Refusal.Damaged);
        }
    }

    ReleaseAnswer Decide(KeyRow row, ReleaseRequest request, AuditEntry entry)
    {
        var policy = Parse(row);
        var keyset = request.Evidence.Keyset;
        var result = BundleAppraiser.Appraise(request.Evidence, policy, request.Challenge.Challenge.AsSpan(), Purpose.Release, time.GetUtcNow(), cache: _signatures);
        emit(new TelemetryEvent(Hop.Broker, TelemetryKind.Appraisal, result.Accepted ? TelemetryOutcome.Ok : TelemetryOutcome.Refused, TelemetryEvent.NoCorrelation, result.Accepted ? 1 : 0));
        entry = entry with { Evidence = Digest.Sha256(request.Evidence.Evidence.AsSpan()), Reasons = [.. result.Failures.Select(check => check.Code)] };

        // A policy that names only the model would give the key to any program that claims to load it; one that names no engine
        // configuration, to one that admits whom its host likes. A skipped check is not a passed one, and audit mode proves nothing
        // about now: both are in Accepted, or not asked for here.
        var code = !policy.NamesCode ? KeyBrokerCodes.PolicyNamesNoCode
            : policy.Model.IsDefaultOrEmpty ? KeyBrokerCodes.PolicyNamesNoModel
            : policy.Engine.IsDefaultOrEmpty ? KeyBrokerCodes.PolicyNamesNoEngine
            : !result.Accepted ? KeyBrokerCodes.EvidenceRefused
            : null;
        if (code is not null)
        {
            return Refuse(entry, ReleaseRules.Refused(code) with { Checks = [.. result.Failures] });
        }

        if (keyset.Sealing is not [var only] || KeyWrap.SelectSuite(policy, only) is not { } suite)
        {
            return Refuse(entry, ReleaseRules.Refused(KeyBrokerCodes.SuiteNotAllowed));
        }

        return KeyWrap.TryImport(suite, only) is { } recipient
            ? Seal(row, result.Emulated, key => KeyWrap.Seal(key, suite, recipient, request.Challenge, keyset.Model), entry)
            : Refuse(entry, ReleaseRules.Refused(KeyBrokerCodes.SealingKeyInvalid));
    }

    ReleaseAnswer Seal(KeyRow row, bool emulated, Func<SecretBytes, WrappedKey> wrap, AuditEntry entry)
    {
        WrappedKey? wrapped;
        try
        {
            wrapped = store.Release(row, entry with { Decision = AuditDecision.Released }, wrap);
        }
        catch (SealedMessageException)
        {
            return Refuse(entry, ReleaseRules.Refused(KeyBrokerCodes.SealingKeyInvalid));
        }

        if (wrapped is null)
        {
            return Refuse(entry, store.Find(row.Id) is { State: KeyState.Active } ? Refusal.Changed : Refusal.Revoked);
        }

        Interlocked.Increment(ref _released);
        if (emulated)
        {
            Log.ReleasedEmulated(logger, row.Id, row.Version);
        }
        else
        {
            Log.Released(logger, row.Id, row.Version);
        }

        emit(new TelemetryEvent(Hop.Broker, TelemetryKind.Release, TelemetryOutcome.Ok, TelemetryEvent.NoCorrelation, 1));
        return new ReleaseAnswer.Released(wrapped);
    }

    static AppraisalPolicy Parse(KeyRow row)
    {
        try
        {
            return AppraisalPolicy.Parse(row.Policy);
        }
        catch (PolicyFormatException e)
        {
            // Only a policy that was written out by this library is ever stored.
            throw new KeyBrokerException(KeyBrokerCodes.KeyDamaged, $"the policy of the stored key '{row.Id}' was altered", e);
        }
    }

    ReleaseAnswer.Refused Refuse(AuditEntry entry, Refusal refusal)
    {
        store.Record(entry with { Code = refusal.Code });
        Interlocked.Increment(ref _refused);
        Log.Refused(logger, entry.KeyId, entry.KeyVersion, refusal.Code, string.Join(' ', entry.Reasons));
        emit(new TelemetryEvent(Hop.Broker, TelemetryKind.Release, TelemetryOutcome.Refused, TelemetryEvent.NoCorrelation, 0));
        return new ReleaseAnswer.Refused(refusal);
    }

    /// <summary>An answer that decides nothing about a key: not audited, or anybody could fill the log.</summary>
    ReleaseAnswer.Refused Answer(Refusal refusal)
    {
        Log.Answered(logger, refusal.Status, refusal.Code);
        emit(new TelemetryEvent(Hop.Broker, TelemetryKind.Refused, TelemetryOutcome.CallerError, TelemetryEvent.NoCorrelation, 1));
        return new ReleaseAnswer.Refused(refusal);
    }

    KeyRow? Find(string keyId) => KeyStore.IsName(keyId) ? store.Find(keyId) : null;
}
