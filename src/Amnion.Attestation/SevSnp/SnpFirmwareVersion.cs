using System.Globalization;

namespace Amnion.Attestation.SevSnp;

/// <summary>A version of the SNP firmware: AMD 56860, CURRENT_BUILD to COMMITTED_MAJOR.</summary>
/// <param name="Major">Major version of the API.</param>
/// <param name="Minor">Minor version of the API.</param>
/// <param name="Build">Build of the firmware.</param>
public readonly record struct SnpFirmwareVersion(byte Major, byte Minor, byte Build)
{
    /// <summary>All three in one number that orders as versions do, for floors: major · 65536 + minor · 256 + build.</summary>
    public int Number => (Major << 16) | (Minor << 8) | Build;

    /// <summary>For example "1.55.29".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Build}");
}
