using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Amnion.Attestation.Tpm;

/// <summary>
/// A quote as the TPM signed it, not yet verified: TPMS_ATTEST of type TPM_ST_ATTEST_QUOTE, TPM 2.0 Library Part 2 §10.12.
/// </summary>
public sealed class TpmQuote
{
    /// <summary>Most bytes of a quote; with 16 banks and the longest names it stays below 400.</summary>
    public const int MaxLength = 2048;

    /// <summary>TPM_GENERATED_VALUE, which a restricted key never signs unless the TPM itself made the structure (Part 2 §6.2).</summary>
    public const uint Magic = 0xff544347;

    /// <summary>TPM_ST_ATTEST_QUOTE.</summary>
    public const int QuoteType = 0x8018;

    /// <summary>Most bytes of names, qualifying data and digests: an algorithm identifier and a SHA-512 digest.</summary>
    const int MaxHash = 66;

    TpmQuote(ReadOnlyMemory<byte> message) => Message = message;

    /// <summary>The signed bytes.</summary>
    public ReadOnlyMemory<byte> Message { get; }

    /// <summary>The signing key's qualified name: an algorithm identifier and a digest over the key's name and its parents'.</summary>
    public required ReadOnlyMemory<byte> QualifiedSigner { get; init; }

    /// <summary>Qualifying data that the caller gave the TPM, by convention the relying party's nonce; 0 to 66 bytes.</summary>
    public required ReadOnlyMemory<byte> ExtraData { get; init; }

    /// <summary>Milliseconds the TPM has been powered since it was last cleared.</summary>
    public required ulong Clock { get; init; }

    /// <summary>TPM resets since it was last cleared: one for every boot of the machine.</summary>
    public required uint ResetCount { get; init; }

    /// <summary>Resumes from hibernation or sleep since the last reset.</summary>
    public required uint RestartCount { get; init; }

    /// <summary>True where no higher <see cref="Clock"/> was ever reported; false after a power loss.</summary>
    public required bool IsSafe { get; init; }

    /// <summary>The manufacturer's number of the TPM's firmware.</summary>
    public required ulong FirmwareVersion { get; init; }

    /// <summary>Banks and registers in the order in which the digest covers them.</summary>
    public required ImmutableArray<TpmPcrSelection> Selections { get; init; }

    /// <summary>Hash of the selected registers' values, made with the hash of the signing scheme (Part 3 §18.4).</summary>
    public required ReadOnlyMemory<byte> PcrDigest { get; init; }

    /// <summary>Every field with its meaning.</summary>
    public ImmutableArray<EvidenceField> Fields => TpmFields.Of(this);

    /// <summary>Parses one quote; verifies nothing.</summary>
    /// <exception cref="TpmFormatException">Anything but exactly one TPMS_ATTEST of a quote.</exception>
    public static TpmQuote Parse(ReadOnlySpan<byte> message) => Parse(message, 0);

    /// <summary>As <see cref="Parse(ReadOnlySpan{byte})"/>, without the exception.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, [NotNullWhen(true)] out TpmQuote? quote)
    {
        try
        {
            quote = Parse(message);
            return true;
        }
        catch (TpmFormatException)
        {
            quote = null;
            return false;
        }
    }

    internal static TpmQuote Parse(ReadOnlySpan<byte> message, int origin)
    {
        if (message.Length > MaxLength)
        {
            throw new TpmFormatException(origin, "TPMS_ATTEST", string.Create(CultureInfo.InvariantCulture, $"{message.Length} bytes; at most {MaxLength} are accepted"));
        }

        var reader = new TpmReader(message, origin);
        ReadType(ref reader);
        var quote = new TpmQuote(message.ToArray())
        {
            QualifiedSigner = reader.ReadSized(MaxHash, "TPMS_ATTEST.qualifiedSigner").ToArray(),
            ExtraData = reader.ReadSized(MaxHash, "TPMS_ATTEST.extraData").ToArray(),
            Clock = reader.ReadUInt64("TPMS_CLOCK_INFO.clock"),
            ResetCount = reader.ReadUInt32("TPMS_CLOCK_INFO.resetCount"),
            RestartCount = reader.ReadUInt32("TPMS_CLOCK_INFO.restartCount"),
            IsSafe = ReadYesNo(ref reader),
            FirmwareVersion = reader.ReadUInt64("TPMS_ATTEST.firmwareVersion"),
            Selections = ReadSelections(ref reader),
            PcrDigest = reader.ReadSized(MaxHash - 2, "TPMS_QUOTE_INFO.pcrDigest").ToArray(),
        };
        reader.ExpectEnd("TPMS_ATTEST");
        return quote;
    }

    static void ReadType(ref TpmReader reader)
    {
        if (reader.ReadUInt32("TPMS_ATTEST.magic") != Magic)
        {
            throw reader.Refuse("TPMS_ATTEST.magic", "is not TPM_GENERATED_VALUE, so no TPM made it", TpmCodes.NotAQuote);
        }

        var type = reader.ReadUInt16("TPMS_ATTEST.type");
        if (type != QuoteType)
        {
            throw reader.Refuse("TPMS_ATTEST.type", string.Create(CultureInfo.InvariantCulture, $"0x{type:x4}; a quote is 0x8018"), TpmCodes.NotAQuote);
        }
    }

    static bool ReadYesNo(ref TpmReader reader) => reader.ReadByte("TPMS_CLOCK_INFO.safe") switch
    {
        0 => false,
        1 => true,
        _ => throw reader.Refuse("TPMS_CLOCK_INFO.safe", "neither 0 nor 1"),
    };

    static ImmutableArray<TpmPcrSelection> ReadSelections(ref TpmReader reader)
    {
        const string Field = "TPML_PCR_SELECTION";
        var count = reader.ReadUInt32(Field + ".count");
        if (count > TpmPcrSelection.MaxBanks)
        {
            throw reader.Refuse(Field, string.Create(CultureInfo.InvariantCulture, $"{count} banks; at most {TpmPcrSelection.MaxBanks} are possible"));
        }

        var selections = ImmutableArray.CreateBuilder<TpmPcrSelection>((int)count);
        for (var i = 0; i < count; i++)
        {
            var algorithm = reader.ReadUInt16(Field + ".hash");
            var size = reader.ReadByte(Field + ".sizeofSelect");
            if (size > TpmPcrSelection.MaxBitmap || selections.Any(other => other.Algorithm == algorithm))
            {
                throw reader.Refuse(Field, "a bitmap of more than 4 bytes, or the same bank twice");
            }

            selections.Add(new TpmPcrSelection(algorithm, TpmPcrSelection.FromBitmap(reader.ReadBytes(size, Field + ".pcrSelect"))));
        }

        return selections.MoveToImmutable();
    }
}
