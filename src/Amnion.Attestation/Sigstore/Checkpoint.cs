using System.Collections.Immutable;
using System.Text;

namespace Amnion.Attestation.Sigstore;

/// <summary>A log's signed tree head: C2SP tlog-checkpoint in a C2SP signed-note.</summary>
sealed record Checkpoint
{
    const string SignatureMark = "\u2014 ";
    const int HintLength = 4;

    /// <summary>Most signature lines; witnesses add some to the log's own.</summary>
    const int MaxSignatures = 32;

    public required string Origin { get; init; }

    public required long Size { get; init; }

    public required ReadOnlyMemory<byte> RootHash { get; init; }

    /// <summary>The text with its last newline, which is what is signed.</summary>
    public required ReadOnlyMemory<byte> Signed { get; init; }

    public required ImmutableArray<CheckpointSignature> Signatures { get; init; }

    /// <summary>Reads a note, or says what is wrong with it.</summary>
    public static Checkpoint? Parse(string note, out string problem)
    {
        // The text may hold blank lines; the signatures stand after the last.
        var split = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (split < 0 || split + 2 == note.Length || !note.EndsWith('\n'))
        {
            problem = "no blank line before the signatures, or no newline at the end";
            return null;
        }

        var lines = note[..split].Split('\n');
        if (lines.Length < 3 || lines[0].Length == 0 || !SigstoreJson.TryDecimal(lines[1], out var size)
            || !SigstoreJson.TryBytes(lines[2], out var root) || root.Length != MerkleProof.HashLength)
        {
            problem = "not an origin, a decimal size and a root hash in base64 on the first three lines";
            return null;
        }

        var signatures = note[(split + 2)..^1].Split('\n').Select(ReadSignature).ToList();
        if (signatures.Count > MaxSignatures || signatures.Contains(null))
        {
            problem = "a signature line is not a dash, a name and base64, or there are too many";
            return null;
        }

        problem = string.Empty;
        return new Checkpoint
        {
            Origin = lines[0],
            Size = size,
            RootHash = root,
            Signed = Encoding.UTF8.GetBytes(note[..(split + 1)]),
            Signatures = [.. signatures.Select(signature => signature!.Value)],
        };
    }

    static CheckpointSignature? ReadSignature(string line)
    {
        if (!line.StartsWith(SignatureMark, StringComparison.Ordinal) || line.Split(' ') is not [_, { Length: > 0 } name, var encoded] || name.Contains('+', StringComparison.Ordinal))
        {
            return null;
        }

        return SigstoreJson.TryBytes(encoded, out var bytes) && bytes.Length > HintLength
            ? new CheckpointSignature(name, bytes.AsMemory(0, HintLength), bytes.AsMemory(HintLength))
            : null;
    }
}
