using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Amnion.Attestation.Nitro;
using Amnion.Attestation.Tpm;

namespace Amnion.Attestation.Composite;

/// <summary>
/// A NitroTPM attestation document as parsed, not yet verified: COSE_Sign1 with the registers of an EC2 instance's TPM, under the root that also signs enclaves'
/// documents. A type of its own, because register 0 of an enclave is its image and register 0 of a TPM is firmware.
/// </summary>
public sealed class NitroTpmDocument
{
    /// <summary>Most bytes of a document, as of an enclave's.</summary>
    public const int MaxLength = NitroDocument.MaxLength;

    /// <summary>Registers have indexes below this one.</summary>
    public const int RegisterCount = 24;

    static readonly NitroDialect s_dialect = new()
    {
        Registers = "nitrotpm_pcrs",
        RegisterCount = RegisterCount,
        OtherRegisters = "pcrs",
        OtherProblem = "a Nitro enclave's document; its registers are not a TPM's",
        TakesTag = true,
        Refuse = static (offset, field, problem, isOther) => new NitroTpmFormatException(offset, field, problem, isOther ? NitroTpmCodes.EnclaveDocument : NitroTpmCodes.Malformed),
    };

    NitroTpmDocument(NitroPayload content) => Content = content;

    /// <summary>The instance's identifier: 1 to 256 printable ASCII characters.</summary>
    public string ModuleId => Content.ModuleId;

    /// <summary>When the document was made, to the millisecond.</summary>
    public DateTimeOffset Timestamp => Content.Timestamp;

    /// <summary>Registers by index 0 to 23; 48 bytes each (SHA-384).</summary>
    public ImmutableSortedDictionary<int, Measurement> Pcrs => Content.Pcrs;

    /// <summary>The leaf certificate, DER.</summary>
    public ReadOnlyMemory<byte> Certificate => Content.Certificate;

    /// <summary>The certificates above it, root first, DER.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> CaBundle => Content.CaBundle;

    /// <summary>1 to 1024 bytes chosen by the instance; null where absent.</summary>
    public ReadOnlyMemory<byte>? PublicKey => Content.PublicKey;

    /// <summary>0 to 512 bytes chosen by the instance; null where absent.</summary>
    public ReadOnlyMemory<byte>? UserData => Content.UserData;

    /// <summary>0 to 512 bytes chosen by the instance, by convention the relying party's; null where absent.</summary>
    public ReadOnlyMemory<byte>? Nonce => Content.Nonce;

    /// <summary>Names of payload members this version does not know, in their order. They are signed and were ignored.</summary>
    public ImmutableArray<string> UnknownFields => Content.UnknownFields;

    /// <summary>Every field with its meaning.</summary>
    public ImmutableArray<EvidenceField> Fields =>
    [
        new("module_id", ModuleId, "the instance"),
        new("timestamp", Timestamp.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), "milliseconds since 1970 at which the document was made"),
        .. Pcrs.Select(pcr => new EvidenceField(string.Create(CultureInfo.InvariantCulture, $"pcr.{pcr.Key}"), pcr.Value.ToString(), TpmFields.Meaning(pcr.Key))),
        .. Optional("public_key", PublicKey, "key that the instance had signed"),
        .. Optional("user_data", UserData, "value that the instance had signed"),
        .. Optional("nonce", Nonce, "the relying party's challenge"),
    ];

    internal NitroPayload Content { get; }

    /// <summary>Parses one document; verifies nothing.</summary>
    /// <exception cref="NitroTpmFormatException">Anything AWS's specification or the limits do not allow.</exception>
    public static NitroTpmDocument Parse(ReadOnlySpan<byte> document) => new(NitroPayloadReader.Read(document, s_dialect));

    /// <summary>As <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse(ReadOnlySpan<byte> document, [NotNullWhen(true)] out NitroTpmDocument? parsed)
    {
        try
        {
            parsed = Parse(document);
            return true;
        }
        catch (NitroTpmFormatException)
        {
            parsed = null;
            return false;
        }
    }

    static EvidenceField[] Optional(string name, ReadOnlyMemory<byte>? value, string meaning) => value is { } bytes ? [new EvidenceField(name, Convert.ToHexStringLower(bytes.Span), meaning)] : [];
}
