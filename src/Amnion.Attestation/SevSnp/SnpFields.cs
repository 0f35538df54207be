using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;

namespace Amnion.Attestation.SevSnp;

/// <summary>The values of a report by name. Names and spellings are part of the policy format: docs/specs/sev-snp.md §2.</summary>
static class SnpFields
{
    public static ImmutableArray<EvidenceField> Of(SnpReport report)
    {
        var fields = ImmutableArray.CreateBuilder<EvidenceField>(96);
        AddGuest(fields, report);
        AddPlatform(fields, report);
        AddIdentity(fields, report);
        AddFirmware(fields, report);
        return fields.DrainToImmutable();
    }

    /// <summary>What the endorsement key's certificate adds.</summary>
    public static ImmutableArray<EvidenceField> Of(SnpEndorsementKey key)
    {
        var fields = ImmutableArray.CreateBuilder<EvidenceField>(8);
        Add(fields, "vek.product", key.ProductName, "Product and silicon stepping that the endorsement key's certificate names");
        Number(fields, "vek.struct_version", key.StructVersion, "Version of the certificate's AMD extensions");
        if (key.HardwareId is { } chip)
        {
            Hex(fields, "vek.hwid", chip.Span, "Chip that the endorsement key belongs to");
        }

        if (key.CloudProvider is { } provider)
        {
            Add(fields, "vek.csp_id", provider, "Cloud provider that the endorsement key was issued to");
        }

        return fields.DrainToImmutable();
    }

    public static string KeyName(SnpSigningKey key) => key switch
    {
        SnpSigningKey.Vcek => "VCEK",
        SnpSigningKey.Vlek => "VLEK",
        SnpSigningKey.None => "NONE",
        _ => string.Create(CultureInfo.InvariantCulture, $"RESERVED-{(int)key}"),
    };

    static void AddGuest(ImmutableArray<EvidenceField>.Builder fields, SnpReport report)
    {
        var policy = report.Policy;
        Number(fields, "version", report.Version, "Version of the report's layout");
        Number(fields, "guest_svn", report.GuestSvn, "Security version number that the guest's owner gave in the ID block");
        Add(fields, "policy", policy.ToString(), "What the guest's owner lets the platform do, as bits");
        Number(fields, "policy_bits.abi_minor", policy.AbiMinor, "Lowest firmware ABI that may run the guest, minor version");
        Number(fields, "policy_bits.abi_major", policy.AbiMajor, "Lowest firmware ABI that may run the guest, major version");
        Number(fields, "policy_bits.abi", (policy.AbiMajor << 8) | policy.AbiMinor, "Lowest firmware ABI that may run the guest, major times 256 plus minor");
        Bit(fields, "policy_bits.smt", policy.Smt, "The guest may run with simultaneous multithreading, whose threads share caches");
        Bit(fields, "policy_bits.mbo17", policy.ReservedOne, "Reserved, always 1");
        Bit(fields, "policy_bits.migrate_ma", policy.MigrationAgent, "A migration agent may read the guest's memory to move it");
        Bit(fields, "policy_bits.debug", policy.Debug, "The host may read and write the guest's memory");
        Bit(fields, "policy_bits.single_socket", policy.SingleSocket, "The guest runs on one socket only");
        Bit(fields, "policy_bits.cxl_allow", policy.Cxl, "CXL devices and memory may be present");
        Bit(fields, "policy_bits.mem_aes256_xts", policy.Aes256Xts, "Memory must be encrypted with AES-256-XTS");
        Bit(fields, "policy_bits.rapl_dis", policy.RaplDisabled, "Power measurement, a side channel, must be off");
        Bit(fields, "policy_bits.ciphertext_hiding", policy.CiphertextHiding, "The host must not see the guest's ciphertext");
        Bit(fields, "policy_bits.page_swap_disable", policy.PageSwapDisabled, "The host must not swap or move the guest's pages");
        Hex(fields, "family_id", report.FamilyId.Span, "Family of the guest, from its ID block");
        Hex(fields, "image_id", report.ImageId.Span, "Image of the guest, from its ID block");
        Number(fields, "vmpl", report.Vmpl, "Privilege level inside the guest that asked for the report; 0 is the highest");
        Number(fields, "sig_algo", report.SignatureAlgorithm, "Signature algorithm; 1 is ECDSA on P-384 with SHA-384");
    }

    static void AddPlatform(ImmutableArray<EvidenceField>.Builder fields, SnpReport report)
    {
        var info = report.PlatformInfo;
        Tcb(fields, "current_tcb", report.CurrentTcb, "Firmware that runs now");
        Parts(fields, "current_tcb_parts", report.CurrentTcb, "running now");
        Add(fields, "platform_info", info.ToString(), "How the platform is configured, as bits");
        Bit(fields, "platform_info_bits.smt", info.Smt, "Simultaneous multithreading is on");
        Bit(fields, "platform_info_bits.tsme", info.Tsme, "All of memory is encrypted");
        Bit(fields, "platform_info_bits.ecc", info.Ecc, "Memory has error-correcting codes");
        Bit(fields, "platform_info_bits.rapl_dis", info.RaplDisabled, "Power measurement is off");
        Bit(fields, "platform_info_bits.ciphertext_hiding", info.CiphertextHiding, "Ciphertext hiding is on");
        Bit(fields, "platform_info_bits.alias_check_complete", info.AliasCheckComplete, "Memory was checked for aliased addresses since the last reset");
        Bit(fields, "platform_info_bits.iommu_write_safe", info.IommuWriteSafe, "Writes through the IOMMU are safe");
        Bit(fields, "platform_info_bits.tio", info.Tio, "Guests may trust devices (SEV-TIO)");
        Bit(fields, "author_key_en", report.AuthorKeyEnabled, "An author key authorised the launch");
        Bit(fields, "mask_chip_key", report.MaskChipKey, "The host told the firmware not to sign with the chip's key");
        Add(fields, "signing_key", KeyName(report.SigningKey), "Kind of key that signed the report");
    }

    static void AddIdentity(ImmutableArray<EvidenceField>.Builder fields, SnpReport report)
    {
        Hex(fields, "report_data", report.ReportData.Span, "Value that the guest had signed");
        Hex(fields, "measurement", report.Measurement.Bytes.Span, "SHA-384 of the guest's initial memory: its firmware, and what that measures");
        Hex(fields, "host_data", report.HostData.Span, "Value that the host gave at launch");
        Hex(fields, "id_key_digest", report.IdKeyDigest.Bytes.Span, "SHA-384 of the key that signed the guest's identity; zero where none did");
        Hex(fields, "author_key_digest", report.AuthorKeyDigest.Bytes.Span, "SHA-384 of the key that signed the ID key; counts only with author_key_en");
        Hex(fields, "report_id", report.ReportId.Span, "Names this run of the guest");
        Hex(fields, "report_id_ma", report.ReportIdOfMigrationAgent.Span, "Names the guest's migration agent; all ones where there is none");
        Tcb(fields, "reported_tcb", report.ReportedTcb, "Firmware that the endorsement key stands for");
        if (report.Cpuid is { } cpuid)
        {
            Number(fields, "cpuid.family", cpuid.Family, "Processor family");
            Number(fields, "cpuid.model", cpuid.Model, "Processor model");
            Number(fields, "cpuid.step", cpuid.Stepping, "Processor stepping");
        }

        if (report.Product is { } product)
        {
            Add(fields, "product", SnpProducts.Name(product), "Product line of the processor");
        }

        Parts(fields, "reported_tcb_parts", report.ReportedTcb, "of the endorsement key");
        Hex(fields, "chip_id", report.ChipId.Span, "Names the chip; zero where the host masks it");
    }

    static void AddFirmware(ImmutableArray<EvidenceField>.Builder fields, SnpReport report)
    {
        Tcb(fields, "committed_tcb", report.CommittedTcb, "Firmware below which the platform cannot go back");
        Parts(fields, "committed_tcb_parts", report.CommittedTcb, "committed");
        Add(fields, "current_fw", report.CurrentFirmware.ToString(), "SNP firmware that runs now");
        Number(fields, "current_fw_number", report.CurrentFirmware.Number, "The same as one number: major times 65536, plus minor times 256, plus build");
        Add(fields, "committed_fw", report.CommittedFirmware.ToString(), "SNP firmware that the platform committed to");
        Number(fields, "committed_fw_number", report.CommittedFirmware.Number, "The same as one number: major times 65536, plus minor times 256, plus build");
        Tcb(fields, "launch_tcb", report.LaunchTcb, "Firmware that ran when the guest was launched");
        Parts(fields, "launch_tcb_parts", report.LaunchTcb, "at launch");
        Mitigations(fields, "launch_mit_vector", report.LaunchMitigations, "at launch");
        Mitigations(fields, "current_mit_vector", report.CurrentMitigations, "now");
    }

    /// <summary>Bits that are set are fields too, so that a policy can demand one mitigation and leave the others open.</summary>
    static void Mitigations(ImmutableArray<EvidenceField>.Builder fields, string name, ulong? vector, string when)
    {
        if (vector is not { } value)
        {
            return;
        }

        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        Hex(fields, name, bytes, $"Mitigations in effect {when}, the lowest eight in the first byte");
        for (var i = 0; i < 64; i++)
        {
            if ((value >> i & 1) != 0)
            {
                Bit(fields, string.Create(CultureInfo.InvariantCulture, $"{name}_bits.{i}"), true, $"This mitigation is in effect {when}");
            }
        }
    }

    static void Parts(ImmutableArray<EvidenceField>.Builder fields, string name, SnpTcb tcb, string which)
    {
        if (tcb.Fmc is { } first)
        {
            Number(fields, name + ".fmc", first, $"Patch level of the first boot loader {which}");
        }

        Number(fields, name + ".bootloader", tcb.BootLoader, $"Patch level of the boot loader {which}");
        Number(fields, name + ".tee", tcb.Tee, $"Patch level of the secure processor's system {which}");
        Number(fields, name + ".snp", tcb.Snp, $"Patch level of the SNP firmware {which}");
        Number(fields, name + ".microcode", tcb.Microcode, $"Patch level of the microcode {which}");
    }

    static void Add(ImmutableArray<EvidenceField>.Builder fields, string name, string value, string meaning) => fields.Add(new EvidenceField(name, value, meaning));

    static void Number(ImmutableArray<EvidenceField>.Builder fields, string name, long value, string meaning) => Add(fields, name, value.ToString(CultureInfo.InvariantCulture), meaning);

    static void Bit(ImmutableArray<EvidenceField>.Builder fields, string name, bool value, string meaning) => Add(fields, name, value ? "1" : "0", meaning);

    static void Hex(ImmutableArray<EvidenceField>.Builder fields, string name, ReadOnlySpan<byte> value, string meaning) => Add(fields, name, Convert.ToHexStringLower(value), meaning);

    static void Tcb(ImmutableArray<EvidenceField>.Builder fields, string name, SnpTcb tcb, string meaning) => Add(fields, name, tcb.ToString(), meaning);
}
