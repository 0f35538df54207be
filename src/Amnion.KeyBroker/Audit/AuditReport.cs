using System.Collections.Immutable;

namespace Amnion.KeyBroker.Audit;

/// <summary>The audit log and whether it can be believed.</summary>
public sealed record AuditReport
{
    /// <summary>The records asked for, oldest first.</summary>
    public required ImmutableArray<AuditRecord> Records { get; init; }

    /// <summary>Number of records of the whole log, which is always verified as a whole.</summary>
    public required long Total { get; init; }

    /// <summary>What is wrong with the log, in words; empty where it is whole.</summary>
    public required ImmutableArray<string> Problems { get; init; }

    /// <summary>True where the chain is unbroken, ends where the root key says it does, and agrees with the keys.</summary>
    public bool Intact => Problems.IsEmpty;

    /// <summary><see cref="KeyBrokerCodes.AuditBroken"/>, or null where the log is whole.</summary>
    public string? Code => Intact ? null : KeyBrokerCodes.AuditBroken;
}
