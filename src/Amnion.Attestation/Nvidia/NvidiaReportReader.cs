using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;

namespace Amnion.Attestation.Nvidia;

/// <summary>Reads a report front to back; all numbers are little-endian.</summary>
sealed class NvidiaReportReader
{
    const byte Version = 0x11;
    const byte RequestCode = 0xe0;
    const byte ResponseCode = 0x60;

    /// <summary>MeasurementSpecification of DSP0274 1.1 table 45: DMTF.</summary>
    const byte DmtfSpecification = 1;

    /// <summary>Bytes of a DMTF measurement before its value: type and size.</summary>
    const int MeasurementHead = 3;

    readonly ReadOnlyMemory<byte> _input;
    int _at;

    NvidiaReportReader(ReadOnlyMemory<byte> input) => _input = input;

    public static NvidiaReport Read(ReadOnlyMemory<byte> report)
    {
        var reader = new NvidiaReportReader(report);
        return report.Length <= NvidiaReport.MaxLength ? reader.ReadReport() : throw reader.Refuse("report", "is longer than 8192 bytes");
    }

    NvidiaReport ReadReport()
    {
        Expect(Version, "request.SPDMVersion", "SPDM 1.1 (0x11)");
        Expect(RequestCode, "request.RequestResponseCode", "GET_MEASUREMENTS (0xe0)");
        var attributes = Byte("request.Param1");
        var operation = Byte("request.Param2");
        var nonce = Bytes(NvidiaReport.NonceLength, "request.Nonce");
        var slot = Byte("request.SlotIDParam");
        Expect(Version, "response.SPDMVersion", "SPDM 1.1 (0x11)");
        Expect(ResponseCode, "response.RequestResponseCode", "MEASUREMENTS (0x60)");
        _ = Byte("response.Param1");
        var responseSlot = Byte("response.Param2");
        var measurements = Measurements();
        var responseNonce = Bytes(NvidiaReport.NonceLength, "response.Nonce");
        var opaque = OpaqueData(out var version);
        var signed = _input[.._at];
        var signature = Bytes(NvidiaReport.SignatureLength, "response.Signature");
        return new NvidiaReport
        {
            RequestAttributes = attributes,
            RequestOperation = operation,
            Nonce = nonce,
            Slot = slot,
            ResponseSlot = responseSlot,
            ResponseNonce = responseNonce,
            Measurements = measurements,
            OpaqueFields = opaque,
            OpaqueVersion = version,
            SignedBytes = signed,
            Signature = signature,
            PaddingLength = Padding(),
        };
    }

    ImmutableSortedDictionary<int, Measurement> Measurements()
    {
        var count = Byte("response.NumberOfBlocks");
        if (count is 0 or > NvidiaReport.MaxBlocks)
        {
            throw Refuse("response.NumberOfBlocks", Text($"is {count}; expected 1 to {NvidiaReport.MaxBlocks}"), -1);
        }

        var length = Word("response.MeasurementRecordLength") | (Byte("response.MeasurementRecordLength") << 16);
        var start = _at;
        var blocks = ImmutableSortedDictionary.CreateBuilder<int, Measurement>();
        for (var i = 0; i < count; i++)
        {
            var index = Byte("MeasurementBlock.Index");
            if (index is 0 or 255 || blocks.ContainsKey(index))
            {
                throw Refuse("MeasurementBlock.Index", Text($"{index} is out of range or stands twice"), -1);
            }

            blocks.Add(index, Block());
        }

        return _at - start == length ? blocks.ToImmutable() : throw Refuse("response.MeasurementRecordLength", Text($"is {length}; the blocks have {_at - start} bytes"));
    }

    Measurement Block()
    {
        Expect(DmtfSpecification, "MeasurementBlock.MeasurementSpecification", "DMTF (1)");
        var size = Word("MeasurementBlock.MeasurementSize");
        var type = Byte("MeasurementBlock.DMTFSpecMeasurementValueType");
        if ((type & 0x80) != 0)
        {
            throw Refuse("MeasurementBlock.DMTFSpecMeasurementValueType", "is a raw value; expected a digest", -1);
        }

        var valueSize = Word("MeasurementBlock.DMTFSpecMeasurementValueSize");
        return valueSize == NvidiaReport.MeasurementLength && size == MeasurementHead + valueSize
            ? new Measurement(Bytes(valueSize, "MeasurementBlock.DMTFSpecMeasurementValue").Span)
            : throw Refuse("MeasurementBlock.DMTFSpecMeasurementValueSize", Text($"is {valueSize} of {size} bytes; expected {NvidiaReport.MeasurementLength} of {NvidiaReport.MeasurementLength + MeasurementHead}"), -2);
    }

    ImmutableArray<NvidiaOpaqueField> OpaqueData(out ulong version)
    {
        var length = Word("response.OpaqueLength");
        if (length > NvidiaReport.MaxOpaqueLength)
        {
            throw Refuse("response.OpaqueLength", Text($"is {length}; at most {NvidiaReport.MaxOpaqueLength}"), -2);
        }

        Need(length, "response.OpaqueData");
        var end = _at + length;
        var header = Header(end);
        var fields = ImmutableArray.CreateBuilder<NvidiaOpaqueField>();
        while (_at < end)
        {
            fields.Add(OpaqueField(end, header is not null, fields));
        }

        var own = fields.FirstOrDefault(field => field.Type == NvidiaOpaqueType.OpaqueDataVersion);
        version = header ?? (own is null ? 0 : LittleEndian(own.Value.Span));
        return fields.ToImmutable();
    }

    /// <summary>Newer firmware begins with "NVDAOD", a profile (0), major and minor version and two reserved bytes; the major version is given back.</summary>
    ulong? Header(int end)
    {
        const int headerLength = 12;
        if (end - _at < headerLength || !_input.Span.Slice(_at, 6).SequenceEqual("NVDAOD"u8))
        {
            return null;
        }

        _at += 6;
        var profile = Word("OpaqueData.Profile");
        if (profile != 0)
        {
            throw Refuse("OpaqueData.Profile", Text($"is {profile}; expected 0"), -2);
        }

        var major = Byte("OpaqueData.Major");
        _at += 3;
        return major;
    }

    NvidiaOpaqueField OpaqueField(int end, bool hasValueType, ImmutableArray<NvidiaOpaqueField>.Builder before)
    {
        var start = _at;
        var type = Word("OpaqueData.DataType");
        var valueType = hasValueType ? Word("OpaqueData.DataValueType") : 0;
        var size = Word("OpaqueData.DataSize");
        var name = "OpaqueData." + (NvidiaOpaqueType.Name(type) ?? Text($"{type}"));
        if (_at > end || size > end - _at)
        {
            throw Refuse(name, Text($"has {size} bytes, more than are left"), start - _at);
        }

        if (before.Any(field => field.Type == type))
        {
            throw Refuse(name, "stands twice", start - _at);
        }

        return NvidiaOpaqueType.LengthFits(type, size)
            ? new NvidiaOpaqueField(type, valueType, Bytes(size, name))
            : throw Refuse(name, Text($"has {size} bytes, which this type cannot have"), start - _at);
    }

    int Padding()
    {
        var rest = _input.Span[_at..];
        var other = rest.IndexOfAnyExcept((byte)0);
        return other < 0 ? rest.Length : throw Refuse("report", "has bytes other than zero padding after the signature", other);
    }

    static ulong LittleEndian(ReadOnlySpan<byte> value)
    {
        Span<byte> padded = stackalloc byte[8];
        padded.Clear();
        value.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64LittleEndian(padded);
    }

    void Expect(byte expected, string field, string words)
    {
        var actual = Byte(field);
        if (actual != expected)
        {
            throw Refuse(field, Text($"is 0x{actual:x2}; expected {words}"), -1);
        }
    }

    byte Byte(string field)
    {
        Need(1, field);
        return _input.Span[_at++];
    }

    int Word(string field)
    {
        Need(2, field);
        _at += 2;
        return BinaryPrimitives.ReadUInt16LittleEndian(_input.Span[(_at - 2)..]);
    }

    ReadOnlyMemory<byte> Bytes(int count, string field)
    {
        Need(count, field);
        _at += count;
        return _input.Slice(_at - count, count);
    }

    void Need(int count, string field)
    {
        if (_input.Length - _at < count)
        {
            throw Refuse(field, Text($"needs {count} bytes; {_input.Length - _at} are left"));
        }
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    NvidiaFormatException Refuse(string field, string problem, int shift = 0) => new(_at + shift, field, problem);
}
