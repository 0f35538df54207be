using Amnion.Attestation.Cbor;

namespace Amnion.Attestation.Nitro;

/// <summary>CBOR of <see cref="NsmRequest"/>.</summary>
static class NsmRequestCodec
{
    public static byte[] Encode(NsmRequest request) => request switch
    {
        NsmRequest.DescribeNsm => new CborOutput().Text("DescribeNSM").ToArray(),
        NsmRequest.GetRandom => new CborOutput().Text("GetRandom").ToArray(),
        NsmRequest.DescribePcr pcr => Body("DescribePCR", 1).Text("index").Unsigned(pcr.Index).ToArray(),
        NsmRequest.ExtendPcr pcr => Body("ExtendPCR", 2).Text("index").Unsigned(pcr.Index).Text("data").Bytes(pcr.Data.Span).ToArray(),
        NsmRequest.LockPcr pcr => Body("LockPCR", 1).Text("index").Unsigned(pcr.Index).ToArray(),
        NsmRequest.LockPcrs pcrs => Body("LockPCRs", 1).Text("range").Unsigned(pcrs.Range).ToArray(),
        NsmRequest.Attestation attestation => Body("Attestation", 3)
            .Text("user_data").OptionalBytes(attestation.UserData)
            .Text("nonce").OptionalBytes(attestation.Nonce)
            .Text("public_key").OptionalBytes(attestation.PublicKey)
            .ToArray(),
        _ => throw new ArgumentException("Not a known request.", nameof(request)),
    };

    public static NsmRequest Parse(ReadOnlySpan<byte> encoded)
    {
        var message = default(NsmMessage);
        try
        {
            message = new NsmMessage(encoded, NsmRequest.MaxLength);
            return Read(ref message);
        }
        catch (CborFormatException exception)
        {
            throw new NsmFormatException(exception.Offset, message.Field, exception.Message);
        }
    }

    static NsmRequest Read(ref NsmMessage message)
    {
        if (!message.HasBody)
        {
            NsmRequest request = message.Name switch
            {
                "DescribeNSM" => new NsmRequest.DescribeNsm(),
                "GetRandom" => new NsmRequest.GetRandom(),
                _ => throw message.Unknown(),
            };
            message.End();
            return request;
        }

        return message.Name switch
        {
            "DescribePCR" => new NsmRequest.DescribePcr(ReadOne(ref message, "index")),
            "ExtendPCR" => ReadExtend(ref message),
            "LockPCR" => new NsmRequest.LockPcr(ReadOne(ref message, "index")),
            "LockPCRs" => new NsmRequest.LockPcrs(ReadOne(ref message, "range")),
            "Attestation" => ReadAttestation(ref message),
            _ => throw message.Unknown(),
        };
    }

    static ushort ReadOne(ref NsmMessage message, string member)
    {
        ushort value = 0;
        message.BeginMembers();
        while (message.NextMember(out var name))
        {
            value = name == member ? message.ReadUInt16() : throw message.Unknown();
        }

        message.End(member);
        return value;
    }

    static NsmRequest.ExtendPcr ReadExtend(ref NsmMessage message)
    {
        ushort index = 0;
        byte[] data = [];
        message.BeginMembers();
        while (message.NextMember(out var name))
        {
            switch (name)
            {
                case "index":
                    index = message.ReadUInt16();
                    break;
                case "data":
                    data = message.ReadBytes(0, NsmRequest.MaxLength);
                    break;
                default:
                    throw message.Unknown();
            }
        }

        message.End("index", "data");
        return new NsmRequest.ExtendPcr(index, data);
    }

    /// <summary>All three may be null or absent, as serde reads an <c>Option</c>.</summary>
    static NsmRequest.Attestation ReadAttestation(ref NsmMessage message)
    {
        ReadOnlyMemory<byte>? userData = null;
        ReadOnlyMemory<byte>? nonce = null;
        ReadOnlyMemory<byte>? publicKey = null;
        message.BeginMembers();
        while (message.NextMember(out var name))
        {
            switch (name)
            {
                case "user_data":
                    userData = message.ReadOptionalBytes(NitroDocument.MaxUserDataLength);
                    break;
                case "nonce":
                    nonce = message.ReadOptionalBytes(NitroDocument.MaxNonceLength);
                    break;
                case "public_key":
                    publicKey = message.ReadOptionalBytes(NitroDocument.MaxPublicKeyLength);
                    break;
                default:
                    throw message.Unknown();
            }
        }

        message.End();
        return new NsmRequest.Attestation(userData, nonce, publicKey);
    }

    static CborOutput Body(string name, int members) => new CborOutput().Map(1).Text(name).Map(members);
}
