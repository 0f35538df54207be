using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Amnion.Attestation.Sigstore;

/// <summary>
/// A signature with everything needed to verify it offline: Sigstore bundle, versions 0.1 to 0.3. Nothing in it is verified yet;
/// <see cref="SigstoreVerifier"/> does that.
/// </summary>
public sealed class SigstoreBundle
{
    /// <summary>Most bytes of a bundle. Provenance takes some 20 KiB; attestations of dependency lists reach a few megabytes.</summary>
    public const int MaxLength = 4 * 1024 * 1024;

    /// <summary>Most log entries, timestamps or signatures of one bundle; signers write one of each.</summary>
    public const int MaxEntries = 16;

    internal SigstoreBundle()
    {
    }

    /// <summary>Minor version of the format: 1, 2 or 3.</summary>
    public int Version { get; internal init; }

    /// <summary>Number of transparency log entries.</summary>
    public int LogEntryCount => Entries.Length;

    /// <summary>The signing certificate, DER; null where the bundle is signed with a key that the relying party knows.</summary>
    public ReadOnlyMemory<byte>? SigningCertificate => Certificates.IsEmpty ? default(ReadOnlyMemory<byte>?) : Certificates[0];

    /// <summary>The leaf and, in versions 0.1 and 0.2, what stands after it.</summary>
    internal ImmutableArray<ReadOnlyMemory<byte>> Certificates { get; init; }

    internal ImmutableArray<LogEntry> Entries { get; init; }

    /// <summary>RFC 3161 responses.</summary>
    internal ImmutableArray<ReadOnlyMemory<byte>> Timestamps { get; init; }

    /// <summary>Exactly one of this and <see cref="Message"/> is there.</summary>
    internal DsseEnvelope? Envelope { get; init; }

    internal MessageSignature? Message { get; init; }

    /// <summary>The signature that log entries record and timestamps are of; empty where the envelope has none.</summary>
    internal ReadOnlyMemory<byte> Signature => Message?.Signature ?? (Envelope!.Signatures.IsEmpty ? default : Envelope.Signatures[0]);

    /// <summary>Parses strictly: no unknown or repeated member, canonical base64, every limit applied.</summary>
    /// <exception cref="SigstoreFormatException">Anything else, with <see cref="SigstoreCodes.BundleMalformed"/>.</exception>
    public static SigstoreBundle Parse(ReadOnlySpan<byte> json) =>
        SigstoreJson.Read(json, MaxLength, "bundle", SigstoreCodes.BundleMalformed, BundleReader.Read);

    /// <summary>As <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse(ReadOnlySpan<byte> json, [NotNullWhen(true)] out SigstoreBundle? bundle)
    {
        try
        {
            bundle = Parse(json);
            return true;
        }
        catch (SigstoreFormatException)
        {
            bundle = null;
            return false;
        }
    }
}
