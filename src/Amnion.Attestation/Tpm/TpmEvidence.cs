using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Amnion.Attestation.Tpm;

/// <summary>
/// Quotes of one TPM with what is needed to judge them, as parsed, not yet verified. Containers that are read: "amnion/tpm-evidence/1"
/// (docs/specs/tpm.md), the attestation message of go-tpm-tools, the platform attestation of go-attestation, and the files of tpm2-tools.
/// </summary>
public sealed record TpmEvidence
{
    /// <summary>Most bytes of a container; nearly all of it is the event log.</summary>
    public const int MaxLength = 4 * 1024 * 1024;

    /// <summary>Most quotes: one for every bank of a TPM.</summary>
    public const int MaxQuotes = 8;

    /// <summary>Most certificates beside the attestation key's.</summary>
    public const int MaxCertificates = 8;

    /// <summary>Most bytes of one certificate; those of TPM makers stay below 3 KiB.</summary>
    public const int MaxCertificateLength = 8 * 1024;

    /// <summary>The quotes, at least one.</summary>
    public required ImmutableArray<TpmSignedQuote> Quotes { get; init; }

    /// <summary>The attestation key's public area as the Evidence states it, to be of <see cref="AttestationKeyInfo"/>; null where it is not given. Stated, not trusted.</summary>
    public TpmPublic? AttestationKey { get; init; }

    /// <summary>The attestation key as SubjectPublicKeyInfo, DER; from the public area where the Evidence has no other form. Stated, not trusted.</summary>
    public ReadOnlyMemory<byte>? AttestationKeyInfo { get; init; }

    /// <summary>Certificates in any order, DER: the attestation key's and those above it.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Certificates { get; init; } = [];

    /// <summary>The firmware's event log; null where there is none.</summary>
    public ReadOnlyMemory<byte>? EventLog { get; init; }

    /// <summary>Parses any of the containers; verifies nothing.</summary>
    /// <exception cref="TpmFormatException">Anything the containers do not allow.</exception>
    public static TpmEvidence Parse(ReadOnlySpan<byte> container) => Parse(container, null);

    /// <summary>As <see cref="Parse(ReadOnlySpan{byte})"/>; what a machine sends with every quote is remembered in a cache.</summary>
    /// <exception cref="TpmFormatException">Anything the containers do not allow.</exception>
    internal static TpmEvidence Parse(ReadOnlySpan<byte> container, AppraisalCache? cache)
    {
        if (container.Length > MaxLength)
        {
            throw new TpmFormatException(MaxLength, "container", string.Create(CultureInfo.InvariantCulture, $"{container.Length} bytes; at most {MaxLength} are accepted"));
        }

        // A protocol buffer cannot start with '{': that would be a field of the obsolete group type.
        return container is [(byte)'{', ..] ? TpmJson.Read(container.ToArray()) : TpmAttestationProto.Read(container, cache);
    }

    /// <summary>As <see cref="Parse(ReadOnlySpan{byte})"/>, without the exception.</summary>
    public static bool TryParse(ReadOnlySpan<byte> container, [NotNullWhen(true)] out TpmEvidence? evidence)
    {
        try
        {
            evidence = Parse(container);
            return true;
        }
        catch (TpmFormatException)
        {
            evidence = null;
            return false;
        }
    }

    /// <summary>From the files that <c>tpm2_quote -m MESSAGE -s SIGNATURE -o PCRS</c> writes.</summary>
    /// <param name="message">TPMS_ATTEST.</param>
    /// <param name="signature">TPMT_SIGNATURE (the tool's default format).</param>
    /// <param name="pcrs">Register values in either of the tool's formats; empty where there are none.</param>
    /// <param name="key">The attestation key as the Evidence states it: TPMT_PUBLIC, TPM2B_PUBLIC, or SubjectPublicKeyInfo in DER; empty where it is not given.</param>
    /// <exception cref="TpmFormatException">A file that is not what it should be.</exception>
    public static TpmEvidence FromFiles(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> pcrs, ReadOnlySpan<byte> key = default)
    {
        var quote = TpmQuote.Parse(message);
        var evidence = new TpmEvidence
        {
            Quotes = [new TpmSignedQuote { Quote = quote, Signature = TpmSignature.Parse(signature), Values = pcrs.IsEmpty ? [] : TpmPcrFile.Read(pcrs, quote.Selections) }],
        };
        return key.IsEmpty ? evidence : evidence.WithKey(key, null);
    }

    /// <summary>DER starts with 0x30, a public area with 0x00 or, with its size in front, with a size below 1024.</summary>
    internal TpmEvidence WithKey(ReadOnlySpan<byte> key, AppraisalCache? cache)
    {
        if (key[0] == 0x30)
        {
            return this with { AttestationKeyInfo = key.ToArray() };
        }

        var area = AppraisalCache.Read(cache, nameof(TpmPublic), key, 0, static (area, _) => TpmPublic.Parse(area.Span));
        return this with { AttestationKey = area, AttestationKeyInfo = area.SubjectPublicKeyInfo };
    }
}
