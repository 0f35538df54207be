using System.Collections.Immutable;
using System.Globalization;

namespace Amnion.Attestation.Tpm;

/// <summary>Names, values and meanings of a quote's fields.</summary>
static class TpmFields
{
    public static ImmutableArray<EvidenceField> Of(TpmQuote quote)
    {
        var fields = ImmutableArray.CreateBuilder<EvidenceField>(16);
        void Add(string name, string value, string meaning) => fields.Add(new EvidenceField(name, value, meaning));
        Add("magic", string.Create(CultureInfo.InvariantCulture, $"{TpmQuote.Magic:x8}"), "made inside a TPM and not by software around it");
        Add("type", string.Create(CultureInfo.InvariantCulture, $"0x{TpmQuote.QuoteType:x}"), "a quote of platform configuration registers");
        Add("qualified_signer", Hex(quote.QualifiedSigner), "name of the signing key and of the keys above it in the TPM");
        Add("extra_data", Hex(quote.ExtraData), "value that the caller had signed, by convention the relying party's nonce");
        Add("clock", Number(quote.Clock), "milliseconds the TPM has been powered since it was cleared");
        Add("reset_count", Number(quote.ResetCount), "boots of the machine since the TPM was cleared");
        Add("restart_count", Number(quote.RestartCount), "resumes from sleep or hibernation since the last boot");
        Add("safe", quote.IsSafe ? "1" : "0", quote.IsSafe ? "the clock has never run backwards" : "the clock may have been higher before a power loss");
        Add("firmware", string.Create(CultureInfo.InvariantCulture, $"{quote.FirmwareVersion:x16}"), "the manufacturer's number of the TPM's firmware");
        for (var i = 0; i < quote.Selections.Length; i++)
        {
            var selection = quote.Selections[i];
            var name = string.Create(CultureInfo.InvariantCulture, $"pcr_select.{i}.");
            Add(name + "alg", TpmAlgorithm.Hex(selection.Algorithm), "bank that is quoted: " + TpmAlgorithm.Name(selection.Algorithm));
            Add(name + "pcrs", TpmRegisterText.Of(selection.Registers.AsSpan()).Compact, "registers that the digest covers");
        }

        Add("pcr_digest", Hex(quote.PcrDigest), "hash of the values of these registers");
        Add("trailing", "0", "bytes after the structure; any are refused");
        return fields.ToImmutable();
    }

    /// <summary>Values of one bank as "pcr.0" … with what the TCG PC Client profile measures there.</summary>
    public static IEnumerable<EvidenceField> Of(TpmPcrValues values) => values.Values.Select(pair =>
        new EvidenceField(string.Create(CultureInfo.InvariantCulture, $"pcr.{pair.Key}"), Hex(pair.Value), Meaning(pair.Key)));

    /// <summary>TCG PC Client Platform Firmware Profile §3.3.4, and what systemd and GRUB add.</summary>
    public static string Meaning(int register) => register switch
    {
        0 => "platform firmware code",
        1 => "platform firmware configuration and boot order",
        2 => "code of option ROMs and drivers",
        3 => "configuration of option ROMs and drivers",
        4 => "boot loaders, or a unified kernel image with all it carries",
        5 => "boot loader configuration and partition table",
        6 => "maker's own use",
        7 => "Secure Boot state, keys and the authorities used",
        8 => "commands that GRUB ran, the kernel's command line among them",
        9 => "files that GRUB or the kernel's boot stub loaded: kernel, initial RAM disk",
        10 => "files measured by Linux IMA",
        11 => "parts and boot phases of a unified kernel image",
        12 => "command line and credentials given to a unified kernel image",
        13 => "system extensions given to a unified kernel image",
        14 => "machine owner keys of shim",
        15 => "machine identity, volume keys",
        16 => "debugging; resettable by software",
        23 => "application; resettable by software",
        _ => "dynamic launch",
    };

    static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(bytes.Span);

    static string Number(ulong value) => value.ToString(CultureInfo.InvariantCulture);
}
