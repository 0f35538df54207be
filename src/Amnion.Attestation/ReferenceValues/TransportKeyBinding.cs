using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;

namespace Amnion.Attestation.ReferenceValues;

/// <summary>
/// Whether a key offered for encrypting to an enclave is the one it attested: REPORT_DATA of 64 bytes, first SHA-256 of the TLS key, then
/// an X25519 public key. Tinfoil SDK specification §14.2.
/// </summary>
public static class TransportKeyBinding
{
    /// <summary>REPORT_DATA of SEV-SNP and TDX.</summary>
    public const int UserDataLength = 64;

    /// <summary>An X25519 public key, RFC 7748 §5; the TLS fingerprint before it is as long.</summary>
    public const int KeyLength = 32;

    /// <summary>Compares; the user data must be authenticated before. A length that is wrong fails alone, as nothing can be compared then.</summary>
    public static ImmutableArray<AttestationCheck> Check(ReadOnlySpan<byte> userData, ReadOnlySpan<byte> offeredKey)
    {
        var checks = new CheckList();
        var fits = userData.Length == UserDataLength && offeredKey.Length == KeyLength;
        checks.Add(ReferenceValueRules.KeyLayout, fits, "64 and 32 bytes", string.Create(CultureInfo.InvariantCulture, $"{userData.Length} and {offeredKey.Length} bytes"));
        if (fits)
        {
            var attested = userData[KeyLength..];
            checks.Add(ReferenceValueRules.KeyEqual, CryptographicOperations.FixedTimeEquals(attested, offeredKey), Convert.ToHexStringLower(attested), Convert.ToHexStringLower(offeredKey));

            // All zeros is a point of small order, and what the field holds where the enclave put nothing there.
            checks.Add(ReferenceValueRules.KeyAttested, attested.ContainsAnyExcept((byte)0), "a key", "zeros");
        }

        return checks.ToImmutable();
    }

    /// <summary>The attested key, or an empty span where the user data has another length.</summary>
    public static ReadOnlySpan<byte> AttestedKey(ReadOnlySpan<byte> userData) => userData.Length == UserDataLength ? userData[KeyLength..] : default;

    /// <summary>SHA-256 of the attested TLS key, or an empty span where the user data has another length.</summary>
    public static ReadOnlySpan<byte> TlsFingerprint(ReadOnlySpan<byte> userData) => userData.Length == UserDataLength ? userData[..KeyLength] : default;
}
