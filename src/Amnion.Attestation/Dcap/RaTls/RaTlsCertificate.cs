using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Dcap.RaTls;

/// <summary>
/// A TLS certificate that carries a quote which binds the certificate's key, as parsed and not yet verified. Where it carries several dialects'
/// extensions (Gramine writes two) the standard's is used and the others are ignored.
/// </summary>
public sealed class RaTlsCertificate
{
    /// <summary>Most bytes of a certificate: two quotes and their collateral fit.</summary>
    public const int MaxLength = 256 * 1024;

    internal RaTlsCertificate(Certificate certificate) => Certificate = certificate;

    /// <summary>How the quote is carried.</summary>
    public required RaTlsDialect Dialect { get; init; }

    /// <summary>The quote's bytes, for <see cref="DcapQuote.Parse"/>.</summary>
    public required ReadOnlyMemory<byte> Quote { get; init; }

    /// <summary>The encoded claims, whose SHA-256 the quote binds; null in dialects without claims.</summary>
    public ReadOnlyMemory<byte>? Claims { get; init; }

    /// <summary>Claims by name, "pubkey-hash" included; empty in dialects without claims. Byte strings chosen by the attester.</summary>
    public ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> ClaimValues { get; init; } = ImmutableSortedDictionary<string, ReadOnlyMemory<byte>>.Empty;

    /// <summary>SubjectPublicKeyInfo of the certificate, DER: what the TLS handshake proves possession of.</summary>
    public ReadOnlyMemory<byte> SubjectPublicKeyInfo => Certificate.SubjectPublicKeyInfo;

    /// <summary>The "nonce" claim; null where absent.</summary>
    public ReadOnlyMemory<byte>? Nonce => ClaimValues.TryGetValue(RaTlsClaims.Nonce, out var nonce) ? nonce : (ReadOnlyMemory<byte>?)null;

    internal Certificate Certificate { get; }

    /// <summary>Parses one DER certificate; verifies nothing.</summary>
    /// <exception cref="DcapFormatException">Not strict DER, no dialect this version knows, or a dialect's form broken; code <see cref="DcapCodes.RaTlsMalformed"/>.</exception>
    public static RaTlsCertificate Parse(ReadOnlySpan<byte> der) => RaTlsReader.Read(der);

    /// <summary>As <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse(ReadOnlySpan<byte> der, [NotNullWhen(true)] out RaTlsCertificate? parsed)
    {
        try
        {
            parsed = Parse(der);
            return true;
        }
        catch (DcapFormatException)
        {
            parsed = null;
            return false;
        }
    }
}
