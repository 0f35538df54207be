using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Amnion.Attestation.Nvidia;

/// <summary>
/// The result that NVIDIA's verifiers write: a list of claims, and with it or alone a detached EAT bundle, [["JWT", overall], {device: token}].
/// It is somebody's Attestation Result (RFC 9334 §8.4) and never Evidence: a local verifier does not even sign it.
/// </summary>
public sealed class NvidiaResult
{
    /// <summary>Most bytes.</summary>
    public const int MaxLength = 1024 * 1024;

    /// <summary>Most devices.</summary>
    public const int MaxDevices = 32;

    internal NvidiaResult()
    {
    }

    /// <summary>The token about all devices.</summary>
    public required NvidiaToken Overall { get; init; }

    /// <summary>The tokens of single devices by the names the bundle gives them.</summary>
    public required ImmutableSortedDictionary<string, NvidiaToken> Devices { get; init; }

    /// <summary>Claims that stand beside the tokens, flat, one list for each device; empty where there are none.</summary>
    public required ImmutableArray<ImmutableArray<EvidenceField>> Claims { get; init; }

    /// <summary>result_code of the tool; null where there is none. 0 is success.</summary>
    public required int? Code { get; init; }

    /// <summary>Everything decoded: the devices' claims in their order, "0.measres" and so on.</summary>
    public ImmutableArray<EvidenceField> Fields =>
        [.. Devices.Values.SelectMany((token, index) => token.Claims.Select(claim => claim with { Name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{index}.{claim.Name}") }))];

    /// <summary>Parses a result; verifies nothing.</summary>
    /// <exception cref="NvidiaFormatException">Anything else.</exception>
    public static NvidiaResult Parse(ReadOnlySpan<byte> json) => NvidiaResultReader.Read(json);

    /// <summary>As <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse(ReadOnlySpan<byte> json, [NotNullWhen(true)] out NvidiaResult? result)
    {
        try
        {
            result = Parse(json);
            return true;
        }
        catch (NvidiaFormatException)
        {
            result = null;
            return false;
        }
    }
}
