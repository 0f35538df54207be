using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Amnion.Attestation.Nitro;

/// <summary>
/// An attestation document as parsed, not yet verified: AWS Nitro Enclaves attestation process §2.2, with the field rules of
/// §3.2.2. The only encoding accepted is the one AWS emits: untagged, empty unprotected header, shortest heads,
/// indefinite lengths in the payload's maps and arrays only. No byte outside the signature's reach has any freedom.
/// </summary>
public sealed class NitroDocument
{
    /// <summary>Most bytes of a document. The payload's own limit is lower.</summary>
    public const int MaxLength = 32 * 1024;

    /// <summary>Most bytes of the payload. AWS §3.1.</summary>
    public const int MaxPayloadLength = 16384;

    /// <summary>Most bytes of one certificate. AWS §3.2.2.2.</summary>
    public const int MaxCertificateLength = 1024;

    /// <summary>Most certificates in the bundle. AWS states no limit and sends 4; each one costs a signature verification.</summary>
    public const int MaxBundleCount = 10;

    /// <summary>Most bytes of <c>public_key</c>; the least is 1. AWS §3.2.2.2.</summary>
    public const int MaxPublicKeyLength = 1024;

    /// <summary>Most bytes of <c>user_data</c>. AWS §3.2.2.2.</summary>
    public const int MaxUserDataLength = 512;

    /// <summary>Most bytes of <c>nonce</c>. AWS §3.2.2.2.</summary>
    public const int MaxNonceLength = 512;

    /// <summary>Most characters of <c>module_id</c>. AWS states no limit and sends 39.</summary>
    public const int MaxModuleIdLength = 256;

    /// <summary>Registers have indexes below this one. AWS §3.2.2.2.</summary>
    public const int RegisterCount = 32;

    /// <summary>Bytes of a register: SHA-384.</summary>
    public const int RegisterLength = 48;

    /// <summary>Bytes of the signature: r‖s on P-384.</summary>
    public const int SignatureLength = 96;

    internal static readonly NitroDialect Dialect = new()
    {
        Registers = "pcrs",
        RegisterCount = RegisterCount,
        OtherRegisters = "nitrotpm_pcrs",
        OtherProblem = "a NitroTPM document; its registers are not an enclave's",
        TakesTag = false,
        Refuse = static (offset, field, problem, isOther) => new NitroFormatException(offset, field, problem, isOther ? NitroCodes.NitroTpm : NitroCodes.Malformed),
    };

    NitroDocument(NitroPayload content) => Content = content;

    /// <summary>The Nitro hypervisor module's identifier: 1 to 256 printable ASCII characters.</summary>
    public string ModuleId => Content.ModuleId;

    /// <summary>When the document was made, to the millisecond.</summary>
    public DateTimeOffset Timestamp => Content.Timestamp;

    /// <summary>The registers' hash algorithm, always "SHA384".</summary>
    public string Digest => Content.Digest;

    /// <summary>Registers that were locked, by index 0 to 31; 48 bytes each.</summary>
    public ImmutableSortedDictionary<int, Measurement> Pcrs => Content.Pcrs;

    /// <summary>The leaf certificate, DER, at most 1024 bytes.</summary>
    public ReadOnlyMemory<byte> Certificate => Content.Certificate;

    /// <summary>The certificates above it, root first, DER, at most 1024 bytes each.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> CaBundle => Content.CaBundle;

    /// <summary>1 to 1024 bytes chosen by the enclave; null where absent.</summary>
    public ReadOnlyMemory<byte>? PublicKey => Content.PublicKey;

    /// <summary>0 to 512 bytes chosen by the enclave; null where absent.</summary>
    public ReadOnlyMemory<byte>? UserData => Content.UserData;

    /// <summary>0 to 512 bytes chosen by the enclave, by convention the relying party's; null where absent.</summary>
    public ReadOnlyMemory<byte>? Nonce => Content.Nonce;

    /// <summary>Names of payload members this version does not know, in their order. They are signed and were ignored.</summary>
    public ImmutableArray<string> UnknownFields => Content.UnknownFields;

    /// <summary>Whether the payload's map has an indefinite length, as AWS's have since 2025.</summary>
    public bool HasIndefiniteMap => Content.HasIndefiniteMap;

    /// <summary>The encoded protected header, always <c>a1 01 38 22</c>.</summary>
    public ReadOnlyMemory<byte> Protected => Message.Protected;

    /// <summary>The signed payload.</summary>
    public ReadOnlyMemory<byte> Payload => Message.Payload;

    /// <summary>r‖s, 96 bytes. Malleable: never a key for replay detection.</summary>
    public ReadOnlyMemory<byte> Signature => Message.Signature;

    /// <summary>True where PCR0 to PCR2 are zero, as AWS makes them for a debug enclave.</summary>
    public bool IsDebug => Enumerable.Range(0, 3).All(index => Pcrs.TryGetValue(index, out var value) && value.IsZero);

    /// <summary>True where PCR0, the measurement of the image, is present and not zero. Never true for a debug enclave.</summary>
    public bool NamesImage => Pcrs.TryGetValue(0, out var image) && !image.IsZero;

    /// <summary>Everything above as named values, with "region" and "instance" where all certificates agree on them; unverified, as the document is.</summary>
    public ImmutableArray<EvidenceField> Fields => NitroFields.Of(this);

    internal NitroPayload Content { get; }

    internal CoseSign1 Message => Content.Message;

    /// <summary>Parses one document; verifies nothing.</summary>
    /// <exception cref="NitroFormatException">Anything AWS's specification or the limits above do not allow.</exception>
    public static NitroDocument Parse(ReadOnlySpan<byte> document) => new(NitroPayloadReader.Read(document, Dialect));

    /// <summary>As <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse(ReadOnlySpan<byte> document, [NotNullWhen(true)] out NitroDocument? parsed)
    {
        try
        {
            parsed = Parse(document);
            return true;
        }
        catch (NitroFormatException)
        {
            parsed = null;
            return false;
        }
    }
}
