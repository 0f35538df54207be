using System.Collections.Immutable;
using Amnion.Records;

namespace Amnion.KeyBroker.Audit;

/// <summary>What a decision adds to the log; the log itself adds place, time and hashes.</summary>
sealed record AuditEntry(AuditDecision Decision, string KeyId, long KeyVersion, Digest Policy)
{
    public string Code { get; init; } = "";

    public ImmutableArray<string> Reasons { get; init; } = [];

    public Digest Evidence { get; init; }

    public Digest Challenge { get; init; }
}
