using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Amnion.Attestation.Cbor;

namespace Amnion.Attestation.Nitro;

/// <summary>Reads the documents of enclaves and of NitroTPM by the rules of AWS Nitro Enclaves attestation process §3.2.</summary>
static class NitroPayloadReader
{
    const int MaxFields = 32;
    const int MaxFieldNameLength = 64;
    const int MaxNesting = 8;

    /// <summary>9999-12-31T23:59:59.999Z, the last millisecond <see cref="DateTimeOffset"/> holds.</summary>
    const ulong MaxTimestamp = 253402300799999;

    /// <summary>{1: -35} and nothing else.</summary>
    static ReadOnlySpan<byte> ProtectedHeader => [0xa1, 0x01, 0x38, 0x22];

    public static NitroPayload Read(ReadOnlySpan<byte> document, NitroDialect dialect)
    {
        if (document.Length > NitroDocument.MaxLength)
        {
            throw dialect.Refuse(NitroDocument.MaxLength, "COSE_Sign1", string.Create(CultureInfo.InvariantCulture, $"{document.Length} bytes; at most {NitroDocument.MaxLength} are accepted"));
        }

        return ReadPayload(ReadMessage(document.ToArray(), dialect), dialect);
    }

    /// <summary>Reads a message's payload.</summary>
    public static NitroPayload ReadPayload(CoseSign1 message, NitroDialect dialect)
    {
        var field = "payload";
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var content = new NitroPayload { Message = message };
        try
        {
            var input = new CborInput(message.Payload.Span, message.PayloadOffset);
            var map = input.BeginMap(MaxFields, allowIndefinite: true);
            content.HasIndefiniteMap = map.Remaining < 0;
            while (input.Next(ref map))
            {
                field = "payload";
                var name = ReadAscii(ref input, MaxFieldNameLength);
                if (!seen.Add(name))
                {
                    throw input.Refuse("the same member twice");
                }

                field = name;
                ReadField(ref input, name, dialect, content);
            }

            field = "payload";
            input.ExpectEnd();
        }
        catch (CborFormatException exception)
        {
            throw dialect.Refuse(exception.Offset, field, exception.Message);
        }

        string[] mandatory = ["module_id", "digest", "timestamp", dialect.Registers, "certificate", "cabundle"];
        return mandatory.FirstOrDefault(name => !seen.Contains(name)) is { } missing ? throw dialect.Refuse(message.PayloadOffset, missing, "missing") : content;
    }

    static CoseSign1 ReadMessage(ReadOnlyMemory<byte> document, NitroDialect dialect)
    {
        CoseSign1 message;
        try
        {
            message = CoseSign1.Parse(document);
        }
        catch (CoseFormatException exception)
        {
            throw dialect.Refuse(exception.Offset, exception.Field, exception.Problem);
        }

        // What the signature does not cover must have one value only, or it would carry unauthenticated bits.
        if (message.IsTagged && !dialect.TakesTag)
        {
            throw dialect.Refuse(0, "COSE_Sign1", "CBOR tag 18; AWS sends none");
        }

        var start = message.IsTagged ? 1 : 0;
        if (!message.Protected.Span.SequenceEqual(ProtectedHeader))
        {
            throw dialect.Refuse(start + 1, "protected", "other than {1: -35} (ES384)");
        }

        if (message.Unprotected.Length != 1)
        {
            throw dialect.Refuse(start + 6, "unprotected", "not empty");
        }

        if (message.Payload.Length is 0 or > NitroDocument.MaxPayloadLength)
        {
            throw dialect.Refuse(message.PayloadOffset, "payload", string.Create(CultureInfo.InvariantCulture, $"{message.Payload.Length} bytes; expected 1 to {NitroDocument.MaxPayloadLength}"));
        }

        if (message.Signature.Length != NitroDocument.SignatureLength)
        {
            throw dialect.Refuse(document.Length - message.Signature.Length, "signature", string.Create(CultureInfo.InvariantCulture, $"{message.Signature.Length} bytes; expected {NitroDocument.SignatureLength}"));
        }

        return message;
    }

    static void ReadField(ref CborInput input, string name, NitroDialect dialect, NitroPayload content)
    {
        var payload = content.Message.Payload;
        switch (name)
        {
            case "module_id":
                content.ModuleId = ReadAscii(ref input, NitroDocument.MaxModuleIdLength);
                break;
            case "digest":
                content.Digest = ReadAscii(ref input, MaxFieldNameLength);
                _ = content.Digest == "SHA384" ? true : throw input.Refuse("other than \"SHA384\"");
                break;
            case "timestamp":
                var time = input.ReadUnsigned();
                content.Timestamp = time is > 0 and <= MaxTimestamp ? DateTimeOffset.FromUnixTimeMilliseconds((long)time) : throw input.Refuse("zero, or after the year 9999");
                break;
            case "certificate":
                content.Certificate = ReadBytes(ref input, payload, 1, NitroDocument.MaxCertificateLength);
                break;
            case "cabundle":
                content.CaBundle = ReadBundle(ref input, payload);
                break;
            case "public_key":
                content.PublicKey = ReadOptional(ref input, payload, 1, NitroDocument.MaxPublicKeyLength);
                break;
            case "user_data":
                content.UserData = ReadOptional(ref input, payload, 0, NitroDocument.MaxUserDataLength);
                break;
            case "nonce":
                content.Nonce = ReadOptional(ref input, payload, 0, NitroDocument.MaxNonceLength);
                break;
            case var _ when name == dialect.Registers:
                content.Pcrs = ReadRegisters(ref input, dialect.RegisterCount);
                break;
            case var _ when name == dialect.OtherRegisters:
                throw dialect.Refuse(input.Offset, name, dialect.OtherProblem, isOther: true);
            default:
                _ = input.Skip(MaxNesting);
                content.UnknownFields = content.UnknownFields.Add(name);
                break;
        }
    }

    static ImmutableSortedDictionary<int, Measurement> ReadRegisters(ref CborInput input, int count)
    {
        var registers = ImmutableSortedDictionary.CreateBuilder<int, Measurement>();
        var map = input.BeginMap(count, allowIndefinite: true);
        while (input.Next(ref map))
        {
            var index = input.ReadUnsigned();
            if (index >= (ulong)count)
            {
                throw input.Refuse(string.Create(CultureInfo.InvariantCulture, $"an index above {count - 1}"));
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
}
