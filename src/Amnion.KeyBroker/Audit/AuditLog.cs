using System.Security.Cryptography;
using Amnion.KeyBroker.Storage;
using Amnion.Records;
using Microsoft.Data.Sqlite;

namespace Amnion.KeyBroker.Audit;

/// <summary>
/// The hash chain in the table "audit". Its end is sealed with a key derived from the root key, so that whoever can write the
/// file but has no root key can neither alter, cut nor rebuild it; putting back a whole older copy of the database stays possible.
/// </summary>
static class AuditLog
{
    const string SealName = "audit_seal";
    const string Columns = "seq, time, key_id, version, decision, code, reasons, policy, evidence, challenge, prev_hash, hash";

    // Bounds one row: a policy check can fail in a few dozen ways, not in thousands.
    const int MaxReasons = 64;

    /// <summary>Writes the seal of the empty log.</summary>
    public static void Initialize(BrokerTransaction transaction, RootKey root) =>
        transaction.Execute($"INSERT INTO meta(name, value) VALUES('{SealName}', $1)", root.SealAudit(0, AuditRecord.Start.Bytes));

    /// <summary>Appends one record.</summary>
    /// <exception cref="KeyBrokerException">The end of the log is not what the root key sealed.</exception>
    public static void Append(BrokerTransaction transaction, RootKey root, DateTimeOffset time, AuditEntry entry)
    {
        var (sequence, previous) = End(transaction);
        if (!IsSealed(transaction, root, sequence, previous))
        {
            throw new KeyBrokerException(KeyBrokerCodes.AuditBroken, "the end of the audit log is not the one that was sealed; run the audit and restore the database before releasing keys");
        }

        var record = new AuditRecord
        {
            Sequence = sequence + 1,
            Time = DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds()),
            KeyId = entry.KeyId,
            KeyVersion = entry.KeyVersion,
            Decision = entry.Decision,
            Code = entry.Code,
            Reasons = [.. entry.Reasons.Distinct(StringComparer.Ordinal).Take(MaxReasons)],
            Policy = entry.Policy,
            Evidence = entry.Evidence,
            Challenge = entry.Challenge,
            Previous = previous,
            Hash = default,
        };
        var hash = record.ComputeHash();
        transaction.Execute(
            $"INSERT INTO audit({Columns}) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            record.Sequence,
            record.Time.ToUnixTimeMilliseconds(),
            record.KeyId,
            record.KeyVersion,
            record.Decision.ToString(),
            record.Code,
            string.Join(' ', record.Reasons),
            record.Policy.ToString(),
            record.Evidence.ToString(),
            record.Challenge.ToString(),
            previous.Bytes.ToArray(),
            hash.Bytes.ToArray());
        Seal(transaction, root, record.Sequence, hash);
    }

    /// <summary>Seals the end of the log with another root key.</summary>
    public static void Reseal(BrokerTransaction transaction, RootKey root)
    {
        var (sequence, hash) = End(transaction);
        Seal(transaction, root, sequence, hash);
    }

    /// <summary>Every record with the problems of the chain.</summary>
    public static (List<AuditRecord> Records, List<string> Problems) Verify(BrokerTransaction transaction, RootKey root)
    {
        var problems = new List<string>();
        var records = new List<AuditRecord>();
        var previous = AuditRecord.Start;
        foreach (var record in transaction.Query($"SELECT {Columns} FROM audit ORDER BY seq", TryRead))
        {
            var place = records.Count + 1L;
            if (record is null)
            {
                problems.Add($"the record after {records.Count} cannot be read");
                continue;
            }

            records.Add(record);
            if (record.Sequence != place || record.Previous != previous)
            {
                problems.Add($"record {record.Sequence} does not follow the one before it");
            }

            if (record.ComputeHash() != record.Hash)
            {
                problems.Add($"record {record.Sequence} was altered");
            }

            previous = record.Hash;
        }

        if (!IsSealed(transaction, root, records.Count, previous))
        {
            problems.Add($"record {records.Count} is not the last one that was written");
        }

        return (records, problems);
    }

    static (long Sequence, Digest Hash) End(BrokerTransaction transaction)
    {
        var rows = transaction.Query("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", row => (row.GetInt64(0), ReadHash(row, 1)));
        return rows.Count == 0 ? (0, AuditRecord.Start) : rows[0];
    }

    static bool IsSealed(BrokerTransaction transaction, RootKey root, long sequence, Digest hash) =>
        CryptographicOperations.FixedTimeEquals(transaction.Scalar<byte[]>($"SELECT value FROM meta WHERE name = '{SealName}'"), root.SealAudit(sequence, hash.Bytes));

    static void Seal(BrokerTransaction transaction, RootKey root, long sequence, Digest hash) =>
        transaction.Execute($"UPDATE meta SET value = $1 WHERE name = '{SealName}'", root.SealAudit(sequence, hash.Bytes));

    static AuditRecord? TryRead(SqliteDataReader row)
    {
        try
        {
            var reasons = row.GetString(6);
            return new AuditRecord
            {
                Sequence = row.GetInt64(0),
                Time = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)),
                KeyId = row.GetString(2),
                KeyVersion = row.GetInt64(3),
                Decision = ReadDecision(row.GetString(4)),
                Code = row.GetString(5),
                Reasons = reasons.Length == 0 ? [] : [.. reasons.Split(' ')],
                Policy = ReadDigest(row, 7),
                Evidence = ReadDigest(row, 8),
                Challenge = ReadDigest(row, 9),
                Previous = ReadHash(row, 10),
                Hash = ReadHash(row, 11),
            };
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException)
        {
            // boundary: somebody wrote a value into the row that this broker never writes.
            return null;
        }
    }

    // Enum.Parse would also take numbers and other cases, which are other bytes than those that were hashed.
    static AuditDecision ReadDecision(string text) =>
        Enum.TryParse<AuditDecision>(text, out var decision) && decision.ToString() == text ? decision : throw new FormatException("An unknown decision.");

    static Digest ReadDigest(SqliteDataReader row, int column)
    {
        var text = row.GetString(column);
        return text.Length == 0 ? default : Digest.Parse(text);
    }

    // A hash of another length than SHA-256's is foreign; the empty digest equals none that is computed.
    static Digest ReadHash(SqliteDataReader row, int column) =>
        row.GetFieldValue<byte[]>(column) is { Length: SHA256.HashSizeInBytes } hash ? Digest.FromBytes(hash) : default;
}
