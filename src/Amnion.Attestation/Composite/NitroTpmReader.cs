using System.Collections.Immutable;
using System.Text;
using Amnion.Attestation.Cbor;
using Amnion.Attestation.Nitro;

namespace Amnion.Attestation.Composite;

/// <summary>Reads NitroTPM documents. Members and limits are those of enclaves' documents but for the registers.</summary>
static class NitroTpmReader
{
    const int MaxFields = 32;
    const int MaxFieldNameLength = 64;
    const int MaxNesting = 8;
    const ulong MaxTimestamp = 253402300799999;

    static readonly string[] s_mandatory = ["module_id", "digest", "timestamp", "nitrotpm_pcrs", "certificate", "cabundle"];

    public static NitroTpmDocument Read(ReadOnlyMemory<byte> document)
    {
        var message = ReadMessage(document);
        var field = "payload";
        var fields = new Fields();
        try
        {
            var input = new CborInput(message.Payload.Span, message.PayloadOffset);
            var map = input.BeginMap(MaxFields, allowIndefinite: true);
            while (input.Next(ref map))
            {
                field = "payload";
                var name = ReadAscii(ref input, MaxFieldNameLength);
                field = fields.Seen.Add(name) ? name : throw input.Refuse("the same member twice");
                ReadField(ref input, name, message.Payload, fields);
            }

            field = "payload";
            input.ExpectEnd();
        }
        catch (CborFormatException exception)
        {
            throw new NitroTpmFormatException(exception.Offset, field, exception.Message);
        }

        var missing = s_mandatory.FirstOrDefault(name => !fields.Seen.Contains(name));
        return missing is null ? Complete(message, fields) : throw new NitroTpmFormatException(message.PayloadOffset, missing, "missing");
    }

    static CoseSign1 ReadMessage(ReadOnlyMemory<byte> document)
    {
        if (document.Length > NitroTpmDocument.MaxLength)
        {
            throw new NitroTpmFormatException(NitroTpmDocument.MaxLength, "COSE_Sign1", "longer than 32 KiB");
        }

        try
        {
            var message = CoseSign1.Parse(document);

            // The tag says what the message is, which its place says already; nothing else may stand outside the signature.
            return message is { Algorithm: CoseAlgorithm.ES384, ProtectedCount: 1, Unprotected.Length: 1, Signature.Length: NitroDocument.SignatureLength, Payload.Length: <= NitroDocument.MaxPayloadLength }
                ? message
                : throw new NitroTpmFormatException(1, "protected", "other than {1: -35} (ES384), unprotected members, or a payload beyond its limit");
        }
        catch (CoseFormatException exception)
        {
            throw new NitroTpmFormatException(exception.Offset, exception.Field, exception.Problem);
        }
    }

    static void ReadField(ref CborInput input, string name, ReadOnlyMemory<byte> payload, Fields fields)
    {
        switch (name)
        {
            case "module_id":
                fields.ModuleId = ReadAscii(ref input, NitroDocument.MaxModuleIdLength);
                break;
            case "digest":
                _ = ReadAscii(ref input, MaxFieldNameLength) == "SHA384" ? true : throw input.Refuse("other than \"SHA384\"");
                break;
            case "timestamp":
                fields.Timestamp = input.ReadUnsigned() is > 0 and <= MaxTimestamp and var time ? time : throw input.Refuse("zero, or after the year 9999");
                break;
            case "nitrotpm_pcrs":
                fields.Pcrs = ReadRegisters(ref input);
                break;
            case "certificate":
                fields.Certificate = ReadBytes(ref input, payload, 1, NitroDocument.MaxCertificateLength);
                break;
            case "cabundle":
                fields.CaBundle = ReadBundle(ref input, payload);
                break;
            case "public_key":
                fields.PublicKey = ReadOptional(ref input, payload, 1, NitroDocument.MaxPublicKeyLength);
                break;
            case "user_data":
                fields.UserData = ReadOptional(ref input, payload, 0, NitroDocument.MaxUserDataLength);
                break;
            case "nonce":
                fields.Nonce = ReadOptional(ref input, payload, 0, NitroDocument.MaxNonceLength);
                break;
            case "pcrs":
                throw new NitroTpmFormatException(input.Offset, name, "a Nitro enclave's document; its registers are not a TPM's", NitroTpmCodes.EnclaveDocument);
            default:
                _ = input.Skip(MaxNesting);
                break;
        }
    }

    static ImmutableSortedDictionary<int, Measurement> ReadRegisters(ref CborInput input)
    {
        var registers = ImmutableSortedDictionary.CreateBuilder<int, Measurement>();
        var map = input.BeginMap(NitroTpmDocument.RegisterCount, allowIndefinite: true);
        while (input.Next(ref map))
        {
            var index = input.ReadUnsigned();
            if (index >= NitroTpmDocument.RegisterCount || !registers.TryAdd((int)index, new Measurement(input.ReadBytes(NitroDocument.RegisterLength, NitroDocument.RegisterLength))))
            {
                throw input.Refuse("an index above 23, or the same twice");
            }
        }

        return registers.Count > 0 ? registers.ToImmutable() : throw input.Refuse("empty");
    }

    static ImmutableArray<ReadOnlyMemory<byte>> ReadBundle(ref CborInput input, ReadOnlyMemory<byte> payload)
    {
        var bundle = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        var array = input.BeginArray(NitroDocument.MaxBundleCount, allowIndefinite: true);
        while (input.Next(ref array))
        {
            bundle.Add(ReadBytes(ref input, payload, 1, NitroDocument.MaxCertificateLength));
        }

        return bundle.Count > 0 ? bundle.ToImmutable() : throw input.Refuse("empty");
    }

    static ReadOnlyMemory<byte>? ReadOptional(ref CborInput input, ReadOnlyMemory<byte> payload, int min, int max) =>
        input.TryReadNull() ? default(ReadOnlyMemory<byte>?) : ReadBytes(ref input, payload, min, max);

    static ReadOnlyMemory<byte> ReadBytes(ref CborInput input, ReadOnlyMemory<byte> payload, int min, int max)
    {
        var length = input.ReadBytes(min, max).Length;
        return payload[(input.Position - length)..input.Position];
    }

    static string ReadAscii(ref CborInput input, int max)
    {
        var text = input.ReadText(1, max);
        return text.ContainsAnyExceptInRange((byte)' ', (byte)'~') ? throw input.Refuse("a character outside printable ASCII") : Encoding.ASCII.GetString(text);
    }

    static NitroTpmDocument Complete(CoseSign1 message, Fields fields) => new(message)
    {
        ModuleId = fields.ModuleId,
        Timestamp = DateTimeOffset.FromUnixTimeMilliseconds((long)fields.Timestamp),
        Pcrs = fields.Pcrs,
        Certificate = fields.Certificate,
        CaBundle = fields.CaBundle,
        PublicKey = fields.PublicKey,
        UserData = fields.UserData,
        Nonce = fields.Nonce,
    };

    /// <summary>What has been read so far.</summary>
    sealed class Fields
    {
        public HashSet<string> Seen { get; } = new(StringComparer.Ordinal);

        public string ModuleId { get; set; } = string.Empty;

        public ulong Timestamp { get; set; }

        public ImmutableSortedDictionary<int, Measurement> Pcrs { get; set; } = ImmutableSortedDictionary<int, Measurement>.Empty;

        public ReadOnlyMemory<byte> Certificate { get; set; }

        public ImmutableArray<ReadOnlyMemory<byte>> CaBundle { get; set; } = [];

        public ReadOnlyMemory<byte>? PublicKey { get; set; }

        public ReadOnlyMemory<byte>? UserData { get; set; }

        public ReadOnlyMemory<byte>? Nonce { get; set; }
    }
}
