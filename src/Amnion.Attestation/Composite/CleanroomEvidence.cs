using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Amnion.Attestation.Tpm;

namespace Amnion.Attestation.Composite;

/// <summary>
/// Evidence of an Azure clean room as parsed, not yet verified: a key with the report that binds it, either of a confidential VM (report "snpCvm", through its virtual TPM) or
/// of a confidential container group (report "snpCACI", with Microsoft's endorsement of the utility VM).
/// </summary>
public sealed record CleanroomEvidence
{
    /// <summary>Most bytes of the JSON; those in use have 27 KiB.</summary>
    public const int MaxLength = 512 * 1024;

    /// <summary>The SEV-SNP report.</summary>
    public required ReadOnlyMemory<byte> Report { get; init; }

    /// <summary>VCEK, ASK and ARK, DER, as the host's cache gave them.</summary>
    public required ImmutableArray<ReadOnlyMemory<byte>> PlatformCertificates { get; init; }

    /// <summary>The public key that the report binds, PEM as it stands; null where none was presented.</summary>
    public string? PublicKey { get; init; }

    /// <summary>The HCL report; null for container groups.</summary>
    public AzureHclReport? Hcl { get; init; }

    /// <summary>Quote, signature and registers of the virtual TPM; null for container groups.</summary>
    public TpmSignedQuote? Quote { get; init; }

    /// <summary>Certificate of the virtual TPM's attestation key, DER without the padding of its index; null where there is none.</summary>
    public ReadOnlyMemory<byte>? KeyCertificate { get; init; }

    /// <summary>The nonce that the quote is said to carry; null for container groups.</summary>
    public ReadOnlyMemory<byte>? Nonce { get; init; }

    /// <summary>The runtime data as repeated beside the HCL report; null where it is not.</summary>
    public AzureRuntimeData? StatedRuntime { get; init; }

    /// <summary>Microsoft's endorsement of the utility VM; null for confidential VMs.</summary>
    public UvmReferenceInfo? Endorsement { get; init; }

    /// <summary>Parses the JSON; verifies nothing. A private key beside the Evidence is not read.</summary>
    /// <exception cref="AzureFormatException">Anything the format or the limits do not allow.</exception>
    public static CleanroomEvidence Parse(ReadOnlySpan<byte> json) => CleanroomReader.Read(json.ToArray());

    /// <summary>As <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse(ReadOnlySpan<byte> json, [NotNullWhen(true)] out CleanroomEvidence? evidence)
    {
        try
        {
            evidence = Parse(json);
            return true;
        }
        catch (AzureFormatException)
        {
            evidence = null;
            return false;
        }
    }
}
