using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Amnion.Attestation.Cbor;

namespace Amnion.Attestation.Nitro;

/// <summary>Reads an attestation document by the rules of AWS Nitro Enclaves attestation process §3.2.</summary>
static class NitroDocumentReader
{
    const int MaxFields = 32;
    const int MaxFieldNameLength = 64;
    const int MaxNesting = 8;

    /// <summary>9999-12-31T23:59:59.999Z, the last millisecond <see cref="DateTimeOffset"/> holds.</summary>
    const ulong MaxTimestamp = 253402300799999;

    const string NitroTpmField = "nitrotpm_pcrs";

    static readonly string[] s_mandatory = ["module_id", "digest", "timestamp", "pcrs", "certificate", "cabundle"];

    /// <summary>{1: -35} and nothing else.</summary>
    static ReadOnlySpan<byte> ProtectedHeader => [0xa1, 0x01, 0x38, 0x22];

    public static NitroDocument Read(ReadOnlySpan<byte> document)
    {
        if (document.Length > NitroDocument.MaxLength)
        {
            throw new NitroFormatException(NitroDocument.MaxLength, "COSE_Sign1", string.Create(CultureInfo.InvariantCulture, $"{document.Length} bytes; at most {NitroDocument.MaxLength} are accepted"));
        }

        var message = ReadMessage(document.ToArray());
        var field = "payload";
        var fields = new Fields();
        try
        {
            var input = new CborInput(message.Payload.Span, message.PayloadOffset);
            var map = input.BeginMap(MaxFields, allowIndefinite: true);
            fields.Indefinite = map.Remaining < 0;
            while (input.Next(ref map))
            {
                field = "payload";
                var name = ReadAscii(ref input, MaxFieldNameLength);
                if (!fields.Seen.Add(name))
                {
                    throw input.Refuse("the same member twice");
                }

                field = name;
                ReadField(ref input, name, message.Payload, fields);
            }

            field = "payload";
            input.ExpectEnd();
        }
        catch (CborFormatException exception)
        {
            throw new NitroFormatException(exception.Offset, field, exception.Message);
        }

        return Complete(message, fields);
    }

    static CoseSign1 ReadMessage(ReadOnlyMemory<byte> document)
    {
        CoseSign1 message;
        try
        {
            message = CoseSign1.Parse(document);
        }
        catch (CoseFormatException exception)
        {
            throw new NitroFormatException(exception.Offset, exception.Field, exception.Problem);
        }

        // What the signature does not cover must have one value only, or it would carry unauthenticated bits.
        if (message.IsTagged)
        {
            throw new NitroFormatException(0, "COSE_Sign1", "CBOR tag 18; AWS sends none");
        }

        if (!message.Protected.Span.SequenceEqual(ProtectedHeader))
        {
            throw new NitroFormatException(1, "protected", "other than {1: -35} (ES384)");
        }

        if (message.Unprotected.Length != 1)
        {
            throw new NitroFormatException(6, "unprotected", "not empty");
        }

        if (message.Payload.Length is 0 or > NitroDocument.MaxPayloadLength)
        {
            throw new NitroFormatException(message.PayloadOffset, "payload", string.Create(CultureInfo.InvariantCulture, $"{message.Payload.Length} bytes; expected 1 to {NitroDocument.MaxPayloadLength}"));
        }

        if (message.Signature.Length != NitroDocument.SignatureLength)
        {
            throw new NitroFormatException(document.Length - message.Signature.Length, "signature", string.Create(CultureInfo.InvariantCulture, $"{message.Signature.Length} bytes; expected {NitroDocument.SignatureLength}"));
        }

        return message;
    }

    static void ReadField(ref CborInput input, string name, ReadOnlyMemory<byte> payload, Fields fields)
    {
        switch (name)
        {
            case "module_id":
                fields.ModuleId = ReadAscii(ref input, NitroDocument.MaxModuleIdLength);
                break;
            case "digest":
                fields.Digest = ReadAscii(ref input, MaxFieldNameLength);
                _ = fields.Digest == "SHA384" ? true : throw input.Refuse("other than \"SHA384\"");
                break;
            case "timestamp":
                fields.Timestamp = input.ReadUnsigned();
                _ = fields.Timestamp is > 0 and <= MaxTimestamp ? true : throw input.Refuse("zero, or after the year 9999");
                break;
            case "pcrs":
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
            case NitroTpmField:
                throw new NitroFormatException(input.Offset, name, "a NitroTPM document; its registers are not an enclave's", NitroCodes.NitroTpm);
            default:
                _ = input.Skip(MaxNesting);
                fields.Unknown.Add(name);
                break;
        }
    }

    static ImmutableSortedDictionary<int, Measurement> ReadRegisters(ref CborInput input)
    {
        var registers = ImmutableSortedDictionary.CreateBuilder<int, Measurement>();
        var map = input.BeginMap(NitroDocument.RegisterCount, allowIndefinite: true);
        while (input.Next(ref map))
        {
            var index = input.ReadUnsigned();
            if (index >= NitroDocument.RegisterCount)
            {
                throw input.Refuse("an index above 31");
            }

            var value = new Measurement(input.ReadBytes(NitroDocument.RegisterLength, NitroDocument.RegisterLength));
            if (!registers.TryAdd((int)index, value))
            {
                throw input.Refuse("the same index twice");
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

    /// <summary>AWS's specification says that no field is null, and its documents say null for an absent one.</summary>
    static ReadOnlyMemory<byte>? ReadOptional(ref CborInput input, ReadOnlyMemory<byte> payload, int min, int max) =>
        // A bare null would convert to an empty byte[] and so to an empty memory, not to no memory.
        input.TryReadNull() ? default(ReadOnlyMemory<byte>?) : ReadBytes(ref input, payload, min, max);

    static ReadOnlyMemory<byte> ReadBytes(ref CborInput input, ReadOnlyMemory<byte> payload, int min, int max)
    {
        var length = input.ReadBytes(min, max).Length;
        return payload[(input.Position - length)..input.Position];
    }

    /// <summary>Printable ASCII only: these texts reach terminals and logs.</summary>
    static string ReadAscii(ref CborInput input, int max)
    {
        var text = input.ReadText(1, max);
        return text.ContainsAnyExceptInRange((byte)' ', (byte)'~') ? throw input.Refuse("a character outside printable ASCII") : Encoding.ASCII.GetString(text);
    }

    static NitroDocument Complete(CoseSign1 message, Fields fields)
    {
        foreach (var name in s_mandatory)
        {
            if (!fields.Seen.Contains(name))
            {
                throw new NitroFormatException(message.PayloadOffset, name, "missing");
            }
        }

        return new NitroDocument(message)
        {
            ModuleId = fields.ModuleId,
            Digest = fields.Digest,
            Timestamp = DateTimeOffset.FromUnixTimeMilliseconds((long)fields.Timestamp),
            Pcrs = fields.Pcrs,
            Certificate = fields.Certificate,
            CaBundle = fields.CaBundle,
            PublicKey = fields.PublicKey,
            UserData = fields.UserData,
            Nonce = fields.Nonce,
            UnknownFields = [.. fields.Unknown],
            HasIndefiniteMap = fields.Indefinite,
        };
    }

    /// <summary>What has been read so far.</summary>
    sealed class Fields
    {
        public HashSet<string> Seen { get; } = new(StringComparer.Ordinal);

        public List<string> Unknown { get; } = [];

        public bool Indefinite { get; set; }

        public string ModuleId { get; set; } = string.Empty;

        public string Digest { get; set; } = string.Empty;

        public ulong Timestamp { get; set; }

        public ImmutableSortedDictionary<int, Measurement> Pcrs { get; set; } = ImmutableSortedDictionary<int, Measurement>.Empty;

        public ReadOnlyMemory<byte> Certificate { get; set; }

        public ImmutableArray<ReadOnlyMemory<byte>> CaBundle { get; set; } = [];

        public ReadOnlyMemory<byte>? PublicKey { get; set; }

        public ReadOnlyMemory<byte>? UserData { get; set; }

        public ReadOnlyMemory<byte>? Nonce { get; set; }
    }
}
