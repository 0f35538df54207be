using System.Globalization;
using System.Text;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Sigstore;

/// <summary>The checks of a bundle's log entries: Sigstore client specification §4 (transparency log).</summary>
static class LogRules
{
    /// <summary>Checks every entry, and returns the times that logs promised.</summary>
    public static List<DateTimeOffset> Check(SigstoreBundle bundle, SigstoreTrustedRoot root, ReadOnlyMemory<byte> signer, SigstorePolicy policy, SigstoreContext context, DateTimeOffset? proven, CheckList checks)
    {
        var count = bundle.Entries.Length;
        checks.Add(SigstoreRules.LogEntryCount, count >= policy.LogEntriesMin && (policy.LogEntriesMax is not { } most || count <= most), Range(policy), count.ToString(CultureInfo.InvariantCulture));
        var twice = bundle.Entries.GroupBy(entry => (Convert.ToHexStringLower(entry.LogId.Span), entry.LogIndex)).Where(group => group.Count() > 1).Select(group => string.Create(CultureInfo.InvariantCulture, $"index {group.Key.LogIndex}")).ToList();
        checks.Add(SigstoreRules.LogEntryTwice, twice, "no two entries of one log and index");
        var times = new List<DateTimeOffset>();
        for (var i = 0; i < count; i++)
        {
            var prefix = count == 1 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"log entry {i}: ");
            if (CheckEntry(bundle, bundle.Entries[i], root, proven ?? context.Now, prefix, checks) is { } time)
            {
                times.Add(time);
            }

            var differences = EntryBody.Compare(bundle.Entries[i], bundle, signer, context.Artifact);
            checks.Add(SigstoreRules.EntryBody, differences, "this bundle's signature, signer and content", prefix + SigstoreRules.EntryBody.Name);
        }

        return times;
    }

    static DateTimeOffset? CheckEntry(SigstoreBundle bundle, LogEntry entry, SigstoreTrustedRoot root, DateTimeOffset proven, string prefix, CheckList checks)
    {
        // Version 0.1 came before proofs were always there: a promise stands for the proof. From 0.2 on nothing stands for it.
        var needed = bundle.Version == 1 ? entry.Promise is not null : entry.Proof is not null;
        checks.Add(SigstoreRules.InclusionMissing, needed, bundle.Version == 1 ? "an inclusion promise" : "an inclusion proof", needed ? null : "absent", prefix + SigstoreRules.InclusionMissing.Name);

        var time = entry.IntegratedTime is { } seconds ? SigstoreJson.FromUnix(seconds) : null;
        var known = root.Logs.Where(log => log.KeyId.Span.SequenceEqual(entry.LogId.Span)).ToList();

        // Nothing signs an integrated time but the promise: without one it must not choose the period in which a retired key was trusted.
        var at = entry.Promise is null ? proven : time ?? proven;
        var log = known.Find(candidate => candidate.ValidFor.Contains(at));
        checks.Add(SigstoreRules.LogUnknown, log is not null, "a log of the trusted root at " + SigstoreJson.Show(at), log is not null ? log.Name : known.Count == 0 ? Convert.ToHexStringLower(entry.LogId.Span) : string.Join("; ", known.Select(candidate => candidate.ValidFor)), prefix + SigstoreRules.LogUnknown.Name);
        var supported = log?.Algorithm is not null;
        if (log is not null)
        {
            checks.Add(SigstoreRules.UnsupportedKey, supported, "ECDSA or RSA", log.KeyDetails, prefix + SigstoreRules.UnsupportedKey.Name);
        }

        var key = supported ? log!.LoadKey() : null;
        CheckProof(bundle.Version, entry, log, key, prefix, checks);
        return CheckPromise(entry, log, key, prefix, checks) ? time : null;
    }

    static void CheckProof(int version, LogEntry entry, LogInstance? log, PublicKey? key, string prefix, CheckList checks)
    {
        if (entry.Proof is not { } proof)
        {
            return;
        }

        var included = MerkleProof.Verify(entry.Body.Span, proof.LogIndex, proof.TreeSize, proof.Hashes, proof.RootHash.Span);
        checks.Add(SigstoreRules.InclusionProof, included, "a path from the entry to the root hash", name: prefix + SigstoreRules.InclusionProof.Name);
        if (proof.Checkpoint is not { } note)
        {
            // A proof to an unsigned root proves nothing. In version 0.1 the promise, checked elsewhere, is what counts.
            checks.Add(SigstoreRules.CheckpointMalformed, CheckOutcome.Skip, "a signed note", "absent", required: version != 1, name: prefix + SigstoreRules.CheckpointMalformed.Name);
            return;
        }

        var checkpoint = Checkpoint.Parse(note, out var problem);
        checks.Add(SigstoreRules.CheckpointMalformed, checkpoint is not null, "a signed note of origin, size and root hash", checkpoint is null ? problem : null, prefix + SigstoreRules.CheckpointMalformed.Name);
        if (checkpoint is null)
        {
            return;
        }

        var same = checkpoint.Size == proof.TreeSize && checkpoint.RootHash.Span.SequenceEqual(proof.RootHash.Span);
        checks.Add(SigstoreRules.CheckpointRoot, same, Head(proof.TreeSize, proof.RootHash), Head(checkpoint.Size, checkpoint.RootHash), prefix + SigstoreRules.CheckpointRoot.Name);
        CheckCheckpointSignature(checkpoint, log, key, prefix, checks);
    }

    static void CheckCheckpointSignature(Checkpoint checkpoint, LogInstance? log, PublicKey? key, string prefix, CheckList checks)
    {
        var name = prefix + SigstoreRules.CheckpointSignature.Name;
        if (log is null)
        {
            checks.Skip(SigstoreRules.CheckpointSignature, "not checked: no key of the log", name: name);
            return;
        }

        var problems = new List<string>();

        // Rekor v1 appends the tree's number to its name; Rekor v2 and C2SP have the name alone.
        if (checkpoint.Origin != log.Name && !checkpoint.Origin.StartsWith(log.Name + " - ", StringComparison.Ordinal))
        {
            problems.Add("the origin is another log's");
        }

        // Lines of other names or keys are of witnesses, or of keys the root does not hold: C2SP says to ignore them.
        var own = checkpoint.Signatures.Where(signature => signature.Name == log.Name && signature.KeyHint.Span.SequenceEqual(log.KeyId.Span[..4])).ToList();
        if (own.Count == 0)
        {
            problems.Add("no signature line of the log's name and key");
        }
        else if (key is not null && log.Algorithm is { } algorithm && !own.Exists(signature => key.Verify(checkpoint.Signed.Span, signature.Signature, algorithm)))
        {
            problems.Add("the log's signature does not verify");
        }

        if (key is null && problems.Count == 0)
        {
            checks.Skip(SigstoreRules.CheckpointSignature, "not checked: the log's key cannot be used", name: name);
            return;
        }

        checks.Add(SigstoreRules.CheckpointSignature, problems, "a signature of " + log.Name, name);
    }

    static bool CheckPromise(LogEntry entry, LogInstance? log, PublicKey? key, string prefix, CheckList checks)
    {
        if (entry.Promise is not { } promise)
        {
            return false;
        }

        var name = prefix + SigstoreRules.InclusionPromise.Name;
        if (log is null || key is null || log.Algorithm is not { } algorithm)
        {
            checks.Skip(SigstoreRules.InclusionPromise, "not checked: no key of the log", name: name);
            return false;
        }

        var verifies = entry.IntegratedTime is { } time && key.Verify(ToPromised(entry, time), promise, algorithm);
        checks.Add(SigstoreRules.InclusionPromise, verifies, "a signature of " + log.Name + " over entry, time, log and index", name: name);
        return verifies;
    }

    /// <summary>What a signed entry timestamp covers: four members in canonical JSON (RFC 8785), all of them plain ASCII.</summary>
    static byte[] ToPromised(LogEntry entry, long time) => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"body":"{{Convert.ToBase64String(entry.Body.Span)}}","integratedTime":{{time}},"logID":"{{Convert.ToHexStringLower(entry.LogId.Span)}}","logIndex":{{entry.LogIndex}}}"""));

    static string Head(long size, ReadOnlyMemory<byte> root) => string.Create(CultureInfo.InvariantCulture, $"{size} entries, root {Convert.ToHexStringLower(root.Span)}");

    static string Range(SigstorePolicy policy) => policy.LogEntriesMax is { } most
        ? string.Create(CultureInfo.InvariantCulture, $"{policy.LogEntriesMin} to {most}")
        : string.Create(CultureInfo.InvariantCulture, $"{policy.LogEntriesMin} or more");
}
