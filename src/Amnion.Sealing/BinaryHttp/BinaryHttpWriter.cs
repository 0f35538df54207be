using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace Amnion.Sealing;

/// <summary>
/// The pieces of an encoding, checked by the same rules as on reading: what is written can be read.
/// </summary>
static class BinaryHttpWriter
{
    public static void WriteInteger(ArrayBufferWriter<byte> to, ulong value) => to.Advance(VarInt.Write(to.GetSpan(VarInt.MaxLength), value));

    public static void WriteBytes(ArrayBufferWriter<byte> to, ReadOnlySpan<byte> bytes)
    {
        WriteInteger(to, (ulong)bytes.Length);
        to.Write(bytes);
    }

    public static void WriteText(ArrayBufferWriter<byte> to, string field, string text, int max, Func<ReadOnlySpan<byte>, bool> isValid)
    {
        var bytes = Octets(field, text);
        if (bytes.Length > max || !isValid(bytes))
        {
            throw new ArgumentException($"{field} is longer than {max} bytes, empty, or has a character that is not allowed there.");
        }

        WriteBytes(to, bytes);
    }

    public static void WriteStatus(ArrayBufferWriter<byte> to, int status, int lowest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, lowest);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 599);
        WriteInteger(to, (ulong)status);
    }

    /// <summary>The section after its length (RFC 9292 §3.1).</summary>
    public static void WriteKnownFields(ArrayBufferWriter<byte> to, ImmutableArray<HttpField> fields) => WriteBytes(to, FieldLines(fields));

    /// <summary>The section before its terminator (RFC 9292 §3.2).</summary>
    public static void WriteIndeterminateFields(ArrayBufferWriter<byte> to, ImmutableArray<HttpField> fields)
    {
        to.Write(FieldLines(fields));
        WriteInteger(to, 0);
    }

    static ReadOnlySpan<byte> FieldLines(ImmutableArray<HttpField> fields)
    {
        if (fields.IsDefaultOrEmpty)
        {
            return [];
        }

        if (fields.Length > BinaryHttpLimits.MaxFields)
        {
            throw new ArgumentException($"{fields.Length} fields; at most {BinaryHttpLimits.MaxFields} are allowed.");
        }

        var lines = new ArrayBufferWriter<byte>();
        foreach (var field in fields)
        {
            var name = Octets("Field name", field.Name);
            var value = Octets("Field value", field.Value);
            if (!BinaryHttpSyntax.IsFieldName(name))
            {
                throw new ArgumentException("A field name is not a lower-case token.");
            }

            if (!BinaryHttpSyntax.IsFieldValue(value))
            {
                throw new ArgumentException($"The value of field '{field.Name}' has a control character, or white space at an end.");
            }

            WriteBytes(lines, name);
            WriteBytes(lines, value);
        }

        return lines.WrittenCount <= BinaryHttpLimits.MaxFieldSection
            ? lines.WrittenSpan
            : throw new ArgumentException($"The fields take {lines.WrittenCount} bytes; at most {BinaryHttpLimits.MaxFieldSection} are allowed.");
    }

    static byte[] Octets(string field, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.AsSpan().ContainsAnyExceptInRange('\0', '\u00FF'))
        {
            throw new ArgumentException($"{field} has a character above U+00FF; encode it first.");
        }

        return Encoding.Latin1.GetBytes(text);
    }
}
