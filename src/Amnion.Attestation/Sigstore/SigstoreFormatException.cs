namespace Amnion.Attestation.Sigstore;

/// <summary>A Sigstore bundle or trusted root was refused. The message names the field and never quotes its content.</summary>
public sealed class SigstoreFormatException : FormatException
{
    /// <param name="offset">Byte offset in the document where known, otherwise -1.</param>
    /// <param name="field">JSON path of the field, for example "$.verificationMaterial.tlogEntries[0].logId".</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    /// <param name="code">One of <see cref="SigstoreCodes"/>.</param>
    public SigstoreFormatException(long offset, string field, string problem, string code = SigstoreCodes.BundleMalformed)
        : base(offset < 0 ? $"{field}: {problem}" : $"{field}: {problem} (byte offset {offset})")
    {
        Offset = offset;
        Field = field;
        Code = code;
    }

    /// <summary>Byte offset in the document, or -1: JSON is checked as a whole before its members are read.</summary>
    public long Offset { get; }

    /// <summary>The refused field.</summary>
    public string Field { get; }

    /// <summary><see cref="SigstoreCodes.BundleMalformed"/>, <see cref="SigstoreCodes.TrustedRootMalformed"/> or <see cref="SigstoreCodes.StatementMalformed"/>.</summary>
    public string Code { get; }
}
