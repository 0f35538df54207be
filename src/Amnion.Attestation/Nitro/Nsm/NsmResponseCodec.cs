using Amnion.Attestation.Cbor;

namespace Amnion.Attestation.Nitro;

/// <summary>CBOR of <see cref="NsmResponse"/>.</summary>
static class NsmResponseCodec
{
    public static byte[] Encode(NsmResponse response) => response switch
    {
        NsmResponse.LockPcr => new CborOutput().Text("LockPCR").ToArray(),
        NsmResponse.LockPcrs => new CborOutput().Text("LockPCRs").ToArray(),
        NsmResponse.DescribeNsm description => Encode(description),
        NsmResponse.DescribePcr pcr => Body("DescribePCR", 2).Text("lock").Boolean(pcr.Lock).Text("data").Bytes(pcr.Value.Bytes.Span).ToArray(),
        NsmResponse.ExtendPcr pcr => Body("ExtendPCR", 1).Text("data").Bytes(pcr.Value.Bytes.Span).ToArray(),
        NsmResponse.Attestation attestation => Body("Attestation", 1).Text("document").Bytes(attestation.Document.Span).ToArray(),
        NsmResponse.GetRandom random => Body("GetRandom", 1).Text("random").Bytes(random.Random.Span).ToArray(),
        NsmResponse.Error error => new CborOutput().Map(1).Text("Error").Text(error.Code.ToString()).ToArray(),
        _ => throw new ArgumentException("Not a known response.", nameof(response)),
    };

    public static NsmResponse Parse(ReadOnlySpan<byte> encoded)
    {
        var message = default(NsmMessage);
        try
        {
            message = new NsmMessage(encoded, NsmResponse.MaxLength);
            return Read(ref message);
        }
        catch (CborFormatException exception)
        {
            throw new NsmFormatException(exception.Offset, message.Field, exception.Message);
        }
    }

    static byte[] Encode(NsmResponse.DescribeNsm description)
    {
        var output = Body("DescribeNSM", 7)
            .Text("version_major").Unsigned(description.VersionMajor)
            .Text("version_minor").Unsigned(description.VersionMinor)
            .Text("version_patch").Unsigned(description.VersionPatch)
            .Text("module_id").Text(description.ModuleId)
            .Text("max_pcrs").Unsigned(description.MaxPcrs)
            .Text("locked_pcrs").Array(description.LockedPcrs.Length);
        foreach (var index in description.LockedPcrs)
        {
            output.Integer(index);
        }

        return output.Text("digest").Text(description.Digest).ToArray();
    }

    static NsmResponse Read(ref NsmMessage message)
    {
        if (!message.HasBody)
        {
            NsmResponse response = message.Name switch
            {
                "LockPCR" => new NsmResponse.LockPcr(),
                "LockPCRs" => new NsmResponse.LockPcrs(),
                _ => throw message.Unknown(),
            };
            message.End();
            return response;
        }

        return message.Name switch
        {
            "DescribeNSM" => ReadDescription(ref message),
            "DescribePCR" => ReadRegister(ref message),
            "ExtendPCR" => new NsmResponse.ExtendPcr(new Measurement(ReadOne(ref message, "data", NitroDocument.RegisterLength, NitroDocument.RegisterLength))),
            "Attestation" => new NsmResponse.Attestation(ReadOne(ref message, "document", 1, NsmResponse.MaxLength)),
            "GetRandom" => new NsmResponse.GetRandom(ReadOne(ref message, "random", 1, NsmResponse.MaxLength)),
            "Error" => ReadError(ref message),
            _ => throw message.Unknown(),
        };
    }

    static NsmResponse.DescribeNsm ReadDescription(ref NsmMessage message)
    {
        var description = new NsmResponse.DescribeNsm(0, 0, 0, string.Empty, 0, [], string.Empty);
        message.BeginMembers();
        while (message.NextMember(out var name))
        {
            description = name switch
            {
                "version_major" => description with { VersionMajor = message.ReadUInt16() },
                "version_minor" => description with { VersionMinor = message.ReadUInt16() },
                "version_patch" => description with { VersionPatch = message.ReadUInt16() },
                "module_id" => description with { ModuleId = message.ReadName(NitroDocument.MaxModuleIdLength) },
                "max_pcrs" => description with { MaxPcrs = message.ReadUInt16() },
                "locked_pcrs" => description with { LockedPcrs = [.. message.ReadIndexes()] },
                "digest" => description with { Digest = message.ReadName() },
                _ => throw message.Unknown(),
            };
        }

        message.End("version_major", "version_minor", "version_patch", "module_id", "max_pcrs", "locked_pcrs", "digest");
        return description;
    }

    static NsmResponse.DescribePcr ReadRegister(ref NsmMessage message)
    {
        var register = new NsmResponse.DescribePcr(Lock: false, default);
        message.BeginMembers();
        while (message.NextMember(out var name))
        {
            register = name switch
            {
                "lock" => register with { Lock = message.ReadBoolean() },
                "data" => register with { Value = new Measurement(message.ReadBytes(NitroDocument.RegisterLength, NitroDocument.RegisterLength)) },
                _ => throw message.Unknown(),
            };
        }

        message.End("lock", "data");
        return register;
    }

    static NsmResponse.Error ReadError(ref NsmMessage message)
    {
        var name = message.ReadName();
        foreach (var code in Enum.GetValues<NsmErrorCode>())
        {
            if (code.ToString() == name)
            {
                message.End();
                return new NsmResponse.Error(code);
            }
        }

        throw message.Unknown();
    }

    static byte[] ReadOne(ref NsmMessage message, string member, int min, int max)
    {
        byte[] value = [];
        message.BeginMembers();
        while (message.NextMember(out var name))
        {
            value = name == member ? message.ReadBytes(min, max) : throw message.Unknown();
        }

        message.End(member);
        return value;
    }

    static CborOutput Body(string name, int members) => new CborOutput().Map(1).Text(name).Map(members);
}
