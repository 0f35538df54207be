namespace Amnion.Attestation.SevSnp;

/// <summary>Where a product line is named: AMD 57230 (KDS), productName; AMD 56860, CPUID_FAM_ID and CPUID_MOD_ID.</summary>
static class SnpProducts
{
    /// <summary>The product of a CPUID, or null for one this version does not know.</summary>
    public static SnpProduct? FromCpuid(byte family, byte model) => (family, model) switch
    {
        (0x19, <= 0x0f) => SnpProduct.Milan,
        (0x19, (>= 0x10 and <= 0x1f) or (>= 0xa0 and <= 0xaf)) => SnpProduct.Genoa,
        (0x1a, <= 0x1f) => SnpProduct.Turin,
        _ => null,
    };

    /// <summary>"Milan-B0" and "Milan" are both Milan: what follows the hyphen is the silicon's stepping. VLEKs never carry one.</summary>
    public static SnpProduct? FromName(string name)
    {
        var hyphen = name.IndexOf('-', StringComparison.Ordinal);
        var line = hyphen < 0 ? name : name[..hyphen];
        var stepping = hyphen < 0 ? "A0" : name[(hyphen + 1)..];
        return stepping is [>= 'A' and <= 'Z', >= '0' and <= '9'] ? Parse(line) : null;
    }

    /// <summary>The product line of exactly this name.</summary>
    public static SnpProduct? Parse(string? line) => line switch
    {
        "Milan" => SnpProduct.Milan,
        "Genoa" => SnpProduct.Genoa,
        "Turin" => SnpProduct.Turin,
        _ => null,
    };

    public static string Name(SnpProduct product) => product switch
    {
        SnpProduct.Milan => "Milan",
        SnpProduct.Genoa => "Genoa",
        _ => "Turin",
    };

    /// <summary>Turin moved the TCB's parts and shortened the chip's identifier to eight bytes.</summary>
    public static SnpTcbLayout Layout(SnpProduct product) => product == SnpProduct.Turin ? SnpTcbLayout.Turin : SnpTcbLayout.Milan;

    /// <summary>Bytes of the chip's identifier; the rest of CHIP_ID is zero.</summary>
    public static int HardwareIdLength(SnpProduct product) => product == SnpProduct.Turin ? 8 : SnpReport.ChipIdLength;
}
