namespace Amnion.Attestation.Nvidia;

/// <summary>Types of entries in opaque data, as NVIDIA's attestation SDK numbers them.</summary>
static class NvidiaOpaqueType
{
    public const int DriverVersion = 3;
    public const int VbiosVersion = 6;
    public const int NvDec0Status = 11;
    public const int MeasurementCounts = 12;
    public const int ChipSku = 15;
    public const int Project = 17;
    public const int ProjectSku = 18;
    public const int FirmwareId = 20;
    public const int SwitchPdi = 22;
    public const int OpaqueDataVersion = 34;
    public const int FeatureFlag = 36;
    public const int Invalid = 255;

    public static string? Name(int type) => type switch
    {
        1 => "CERT_ISSUER_NAME",
        2 => "CERT_AUTHORITY_KEY_IDENTIFIER",
        DriverVersion => "DRIVER_VERSION",
        4 => "GPU_INFO",
        5 => "SKU",
        VbiosVersion => "VBIOS_VERSION",
        7 => "MANUFACTURER_ID",
        8 => "TAMPER_DETECTION",
        9 => "SMC",
        10 => "VPR",
        NvDec0Status => "NVDEC0_STATUS",
        MeasurementCounts => "MSRSCNT",
        13 => "CPRINFO",
        14 => "BOARD_ID",
        ChipSku => "CHIP_SKU",
        16 => "CHIP_SKU_MOD",
        Project => "PROJECT",
        ProjectSku => "PROJECT_SKU",
        19 => "PROJECT_SKU_MOD",
        FirmwareId => "FWID",
        21 => "PROTECTED_PCIE_STATUS",
        SwitchPdi => "SWITCH_PDI",
        23 => "FLOORSWEPT_PORTS",
        24 => "POSITION_ID",
        25 => "LOCK_SWITCH_STATUS",
        32 => "GPU_LINK_CONN",
        33 => "SYS_ENABLE_STATUS",
        OpaqueDataVersion => "OPAQUE_DATA_VERSION",
        35 => "CHIP_INFO",
        FeatureFlag => "FEATURE_FLAG",
        _ => null,
    };

    public static string Meaning(int type) => type switch
    {
        DriverVersion => "version of the driver that set the GPU up",
        4 => "GPU information word, undocumented by NVIDIA",
        VbiosVersion => "version of the firmware image, for GPUs in reversed byte order",
        NvDec0Status => "aa: video decoder 0 is on and measured; 55 (text U): off, slot 35 is not compared",
        MeasurementCounts => "how often each slot was extended",
        14 => "board number",
        ChipSku => "chip variant",
        Project => "board project",
        ProjectSku => "board variant",
        FirmwareId => "hash of the firmware that holds the signing key; equal to the certificate's",
        21 => "aa: protected PCIe mode is on; 55 (text U): off",
        SwitchPdi => "identifiers of the switches that the device is connected to, 8 bytes each; of the switch itself in a switch's report",
        23 => "ports that are switched off",
        24 => "position of the switch in its tray",
        25 => "whether the switch is locked",
        OpaqueDataVersion => "version of this list, little-endian",
        FeatureFlag => "mode, little-endian: 0 single GPU passthrough, 1 multiple GPUs, 2 protected PCIe",
        _ => "undocumented by NVIDIA",
    };

    /// <summary>Lengths that a field's use relies on; other fields may have any.</summary>
    public static bool LengthFits(int type, int length) => type switch
    {
        DriverVersion or VbiosVersion => length is > 0 and <= 64,
        NvDec0Status => length == 1,
        MeasurementCounts => length % 4 == 0,
        FirmwareId => length == 48,
        SwitchPdi => length > 0 && length % 8 == 0,
        OpaqueDataVersion => length is > 0 and <= 8,
        FeatureFlag => length == 2,
        Invalid => false,
        _ => true,
    };
}
