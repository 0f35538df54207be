using System.Globalization;

namespace Amnion.Attestation.EventLogs;

/// <summary>Types of events: TCG PC Client Platform Firmware Profile §10.4.1, table 27.</summary>
static class LogEventType
{
    public const uint NoAction = 0x3;
    public const uint Separator = 0x4;
    public const uint Action = 0x5;
    public const uint EventTag = 0x6;
    public const uint CrtmVersion = 0x8;
    public const uint Ipl = 0xd;
    public const uint NonhostInfo = 0x11;
    public const uint OmitBootDeviceEvents = 0x12;
    public const uint VariableDriverConfig = 0x80000001;
    public const uint VariableBoot = 0x80000002;
    public const uint GptEvent = 0x80000006;
    public const uint EfiAction = 0x80000007;
    public const uint VariableBoot2 = 0x8000000c;
    public const uint VariableAuthority = 0x800000e0;

    /// <summary>dstack's runtime events, which no TCG document defines.</summary>
    public const uint DstackRuntime = 0x08000001;

    static readonly Dictionary<uint, (string Name, string Meaning)> s_types = new()
    {
        [0x0] = ("EV_PREBOOT_CERT", "reserved"),
        [0x1] = ("EV_POST_CODE", "firmware code that ran before the boot loader, or ACPI tables"),
        [0x2] = ("EV_UNUSED", "reserved"),
        [NoAction] = ("EV_NO_ACTION", "a note in the log; changes no register"),
        [Separator] = ("EV_SEPARATOR", "end of what the firmware measured before handing over"),
        [Action] = ("EV_ACTION", "a step that the firmware took"),
        [EventTag] = ("EV_EVENT_TAG", "an event of the operating system or its loader"),
        [0x7] = ("EV_S_CRTM_CONTENTS", "the first code that ran"),
        [CrtmVersion] = ("EV_S_CRTM_VERSION", "version of the first code that ran"),
        [0x9] = ("EV_CPU_MICROCODE", "processor microcode"),
        [0xa] = ("EV_PLATFORM_CONFIG_FLAGS", "configuration of the platform"),
        [0xb] = ("EV_TABLE_OF_DEVICES", "devices of the platform"),
        [0xc] = ("EV_COMPACT_HASH", "a hash that the loader chose to measure"),
        [Ipl] = ("EV_IPL", "a file, command or setting that the boot loader used"),
        [0xe] = ("EV_IPL_PARTITION_DATA", "partition that was booted from"),
        [0xf] = ("EV_NONHOST_CODE", "code of another processor"),
        [0x10] = ("EV_NONHOST_CONFIG", "configuration of another processor"),
        [NonhostInfo] = ("EV_NONHOST_INFO", "presence of another processor, such as memory encryption"),
        [OmitBootDeviceEvents] = ("EV_OMIT_BOOT_DEVICE_EVENTS", "boot attempts that were not measured"),
        [VariableDriverConfig] = ("EV_EFI_VARIABLE_DRIVER_CONFIG", "firmware setting, Secure Boot keys among them"),
        [VariableBoot] = ("EV_EFI_VARIABLE_BOOT", "boot order or a boot entry"),
        [0x80000003] = ("EV_EFI_BOOT_SERVICES_APPLICATION", "boot loader or kernel image that the firmware started"),
        [0x80000004] = ("EV_EFI_BOOT_SERVICES_DRIVER", "driver that the firmware started"),
        [0x80000005] = ("EV_EFI_RUNTIME_SERVICES_DRIVER", "driver that stays after booting"),
        [GptEvent] = ("EV_EFI_GPT_EVENT", "partition table of the boot disk"),
        [EfiAction] = ("EV_EFI_ACTION", "a step that the firmware took"),
        [0x80000008] = ("EV_EFI_PLATFORM_FIRMWARE_BLOB", "part of the firmware"),
        [0x80000009] = ("EV_EFI_HANDOFF_TABLES", "tables handed to the operating system"),
        [0x8000000a] = ("EV_EFI_PLATFORM_FIRMWARE_BLOB2", "part of the firmware"),
        [0x8000000b] = ("EV_EFI_HANDOFF_TABLES2", "tables handed to the operating system"),
        [VariableBoot2] = ("EV_EFI_VARIABLE_BOOT2", "boot order or a boot entry"),
        [0x8000000d] = ("EV_EFI_GPT_EVENT2", "partition table of the boot disk"),
        [0x80000010] = ("EV_EFI_HCRTM_EVENT", "code measured by hardware before the processor started"),
        [VariableAuthority] = ("EV_EFI_VARIABLE_AUTHORITY", "key that vouched for something that was started"),
        [0x800000e1] = ("EV_EFI_SPDM_FIRMWARE_BLOB", "firmware of a device, as the device reports it"),
        [0x800000e2] = ("EV_EFI_SPDM_FIRMWARE_CONFIG", "configuration of a device, as the device reports it"),
        [0x800000e3] = ("EV_EFI_SPDM_DEVICE_POLICY", "policy for devices"),
        [0x800000e4] = ("EV_EFI_SPDM_DEVICE_AUTHORITY", "key that vouched for a device"),
        [DstackRuntime] = ("DSTACK_RUNTIME_EVENT", "an event that the guest itself measured while running"),
    };

    public static string Name(uint type) => s_types.TryGetValue(type, out var known) ? known.Name : string.Create(CultureInfo.InvariantCulture, $"0x{type:x8}");

    public static string Meaning(uint type) => s_types.TryGetValue(type, out var known) ? known.Meaning : "an event of a type that no standard names";

    /// <summary>
    /// Types whose digest the profile defines as the hash of the event data, so that a difference is a forged log. For the others the data only
    /// describes what was hashed (§10.4.1).
    /// </summary>
    public static bool DigestCoversData(uint type) =>
        type is Separator or Action or CrtmVersion or NonhostInfo or OmitBootDeviceEvents or VariableDriverConfig or GptEvent or EfiAction or VariableBoot2 or VariableAuthority;
}
