using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Amnion.Attestation.Nvidia;

/// <summary>
/// A Reference Integrity Manifest as parsed, not yet verified: a SWID tag (ISO/IEC 19770-2:2015) in the TCG's PC client RIM profile, with
/// NVIDIA's measurements as payload.
/// </summary>
public sealed class NvidiaRim
{
    /// <summary>Slots that a manifest may have values for.</summary>
    public const int SlotCount = 64;

    /// <summary>Most values of one slot.</summary>
    public const int MaxAlternatives = 64;

    internal NvidiaRim(RimSignature signature, NvidiaChain chain)
    {
        Signature = signature;
        Chain = chain;
    }

    /// <summary>Identifier of the manifest.</summary>
    public required string TagId { get; init; }

    /// <summary>The chip, for example "GH100".</summary>
    public required string Product { get; init; }

    /// <summary>"GPU" or "SWITCH".</summary>
    public required string Edition { get; init; }

    /// <summary>Version of the driver or firmware.</summary>
    public required string Version { get; init; }

    /// <summary>The manufacturer's enterprise number, 5703 for NVIDIA: the claim oemid.</summary>
    public required string ManufacturerId { get; init; }

    /// <summary>Driver or firmware.</summary>
    public required NvidiaRimKind Kind { get; init; }

    /// <summary>Reference Values by slot.</summary>
    public required ImmutableSortedDictionary<int, NvidiaRimMeasurement> Measurements { get; init; }

    /// <summary>Certificates of the signature, leaf first.</summary>
    public NvidiaChain Chain { get; }

    internal RimSignature Signature { get; }

    /// <summary>Parses one manifest; verifies nothing.</summary>
    /// <exception cref="NvidiaFormatException">Anything the profile in docs/specs/nvidia.md does not allow.</exception>
    public static NvidiaRim Parse(ReadOnlySpan<byte> xml) => NvidiaRimReader.Read(xml);

    /// <summary>As <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse(ReadOnlySpan<byte> xml, [NotNullWhen(true)] out NvidiaRim? rim)
    {
        try
        {
            rim = Parse(xml);
            return true;
        }
        catch (NvidiaFormatException)
        {
            rim = null;
            return false;
        }
    }
}
