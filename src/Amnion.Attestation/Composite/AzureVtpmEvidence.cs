using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Amnion.Attestation.Composite;

/// <summary>
/// Evidence of an Azure confidential VM as parsed, not yet verified: a quote of its virtual TPM and the HCL report whose runtime data holds the quoting key. The JSON
/// of the guest components of Confidential Containers, versions 0 (arrays of numbers) and 1, alone or with the name of the platform around it.
/// </summary>
public sealed record AzureVtpmEvidence
{
    /// <summary>Most bytes of the JSON; arrays of numbers take some 40 KiB.</summary>
    public const int MaxLength = 512 * 1024;

    /// <summary>Registers of the SHA-256 bank, which always come in full.</summary>
    public const int RegisterCount = 24;

    /// <summary>The HCL report.</summary>
    public required AzureHclReport Hcl { get; init; }

    /// <summary>Quote, signature and registers of the virtual TPM.</summary>
    public required Tpm.TpmSignedQuote Quote { get; init; }

    /// <summary>The endorsement key's certificates (VCEK and what comes with it), DER; empty for TDX.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Certificates { get; init; } = [];

    /// <summary>The TDX quote; null for SEV-SNP.</summary>
    public ReadOnlyMemory<byte>? TdQuote { get; init; }

    /// <summary>Parses the JSON; verifies nothing.</summary>
    /// <exception cref="AzureFormatException">Anything the format or the limits do not allow.</exception>
    public static AzureVtpmEvidence Parse(ReadOnlySpan<byte> json) => AzureVtpmReader.Read(json.ToArray());

    /// <summary>As <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse(ReadOnlySpan<byte> json, [NotNullWhen(true)] out AzureVtpmEvidence? evidence)
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
