using System.Collections.Immutable;

namespace Amnion.Attestation.Tokens;

/// <summary>What a relying party asks of a bundle by NVIDIA's Remote Attestation Service or local verifier. Absent means deny where it decides, and any where it narrows.</summary>
public sealed record NrasExpectation
{
    /// <summary>The service's own name.</summary>
    public const string Service = "https://nras.attestation.nvidia.com";

    /// <summary>The relying party's time.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The nonce that the devices were asked with; NVIDIA's are 32 bytes. A bundle without it proves nothing new, so that none is an error.</summary>
    public required ReadOnlyMemory<byte> Nonce { get; init; }

    /// <summary>How far clocks may differ.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The issuer, exactly.</summary>
    public string Issuer { get; init; } = Service;

    /// <summary>How many devices there must be; null accepts any number but none.</summary>
    public int? Devices { get; init; }

    /// <summary>Accepted models (hwmodel), exactly; empty for any.</summary>
    public ImmutableArray<string> Models { get; init; } = [];

    /// <summary>Accepted driver versions, exactly; empty for any that the service has reference values of.</summary>
    public ImmutableArray<string> DriverVersions { get; init; } = [];

    /// <summary>Accepted firmware versions (VBIOS, or a switch's BIOS), exactly; empty for any that the service has reference values of.</summary>
    public ImmutableArray<string> FirmwareVersions { get; init; } = [];

    /// <summary>
    /// Codes of checks that may go unmade: <see cref="TokenCodes.NrasSignature"/> where no key is given, and with it <see cref="TokenCodes.NrasAlgorithm"/> where the
    /// tokens are not signed at all. Then anybody can have written the bundle, so that the caller must know by other means who did: a TEE that measured
    /// the local verifier, for example. A check that fails is never excused.
    /// </summary>
    public ImmutableArray<string> MaySkip { get; init; } = [];
}
