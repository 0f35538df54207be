using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Amnion.Attestation.Composite;

/// <summary>
/// Microsoft's endorsement of a utility VM as parsed, not yet verified: COSE_Sign1 with a certificate chain, naming the launch measurement of confidential containers on
/// ACI. A Reference Value whose provider is Microsoft (RFC 9334 §8.3).
/// </summary>
public sealed class UvmReferenceInfo
{
    /// <summary>Most bytes of a message; those in use have 11 KiB, half of it a time stamp that nothing here reads.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>Most certificates in the header.</summary>
    public const int MaxCertificates = 6;

    internal UvmReferenceInfo()
    {
    }

    /// <summary>COSE algorithm of the protected header: -37 to -39 (RSASSA-PSS) or -7, -35, -36 (ECDSA).</summary>
    public required int Algorithm { get; init; }

    /// <summary>The protected header's encoded map, as signed.</summary>
    public required ReadOnlyMemory<byte> Protected { get; init; }

    /// <summary>The signed JSON.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The signature.</summary>
    public required ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>x5chain, DER, leaf first (RFC 9360 §2).</summary>
    public required ImmutableArray<ReadOnlyMemory<byte>> Chain { get; init; }

    /// <summary>x5t, SHA-256 of the leaf certificate; null where absent.</summary>
    public ReadOnlyMemory<byte>? Thumbprint { get; init; }

    /// <summary>The issuer, "did:x509:0:sha256:FINGERPRINT::eku:OID".</summary>
    public required string Issuer { get; init; }

    /// <summary>The feed, for example "ContainerPlat-AMD-UVM".</summary>
    public required string Feed { get; init; }

    /// <summary>When it was signed, by the signer's own word; null where absent.</summary>
    public DateTimeOffset? SigningTime { get; init; }

    /// <summary>The endorsed launch measurement, 48 bytes.</summary>
    public required Measurement LaunchMeasurement { get; init; }

    /// <summary>The utility VM's security version number.</summary>
    public required long GuestSvn { get; init; }

    /// <summary>Every field with its meaning.</summary>
    public ImmutableArray<EvidenceField> Fields =>
    [
        new("uvm.issuer", Issuer, "who vouches for the utility VM"),
        new("uvm.feed", Feed, "what is vouched for"),
        new("uvm.signing_time", SigningTime?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) ?? string.Empty, "when it was signed, by the signer's word"),
        new("uvm.launch_measurement", LaunchMeasurement.ToString(), "measurement that a report of this utility VM carries"),
        new("uvm.guest_svn", GuestSvn.ToString(CultureInfo.InvariantCulture), "security version number of the utility VM"),
    ];

    /// <summary>Parses one message, with COSE's tag 18 or without; verifies nothing.</summary>
    /// <exception cref="AzureFormatException">Anything the format or the limits do not allow.</exception>
    public static UvmReferenceInfo Parse(ReadOnlySpan<byte> message) => UvmReader.Read(message.ToArray());

    /// <summary>As <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, [NotNullWhen(true)] out UvmReferenceInfo? info)
    {
        try
        {
            info = Parse(message);
            return true;
        }
        catch (AzureFormatException)
        {
            info = null;
            return false;
        }
    }
}
