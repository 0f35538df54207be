using System.Text;

namespace Amnion.Sealing;

/// <summary>One field line on the wire: name and value, each after its length (RFC 9292 §3.6).</summary>
static class BinaryHttpFieldLine
{
    /// <summary>
    /// Reads the line at the front of <paramref name="source"/>. False with a problem where it is malformed; false without one
    /// where it does not end there.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out HttpField field, out int length, out string? problem)
    {
        field = default;
        length = 0;
        problem = null;
        if (!VarInt.TryRead(source, out var nameLength, out var namePrefix))
        {
            return false;
        }

        if (nameLength is 0 or > BinaryHttpLimits.MaxFieldSection)
        {
            problem = nameLength == 0 ? "a field name is empty." : TooLong;
            return false;
        }

        var valueStart = namePrefix + (int)nameLength;
        if (valueStart > source.Length || !VarInt.TryRead(source[valueStart..], out var valueLength, out var valuePrefix))
        {
            return false;
        }

        if (valueLength > BinaryHttpLimits.MaxFieldSection)
        {
            problem = TooLong;
            return false;
        }

        length = valueStart + valuePrefix + (int)valueLength;
        if (length > source.Length)
        {
            return false;
        }

        var name = source[namePrefix..valueStart];
        var value = source[(valueStart + valuePrefix)..length];
        problem = !BinaryHttpSyntax.IsFieldName(name) ? "a field name is not a lower-case token."
            : !BinaryHttpSyntax.IsFieldValue(value) ? "a field value has a control character, or white space at an end."
            : null;
        field = problem is null ? new HttpField(Encoding.ASCII.GetString(name), Encoding.Latin1.GetString(value)) : default;
        return problem is null;
    }

    public static string TooLong { get; } = $"longer than {BinaryHttpLimits.MaxFieldSection} bytes.";
}
