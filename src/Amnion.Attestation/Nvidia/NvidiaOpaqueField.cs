using System.Globalization;

namespace Amnion.Attestation.Nvidia;

/// <summary>One entry of the report's opaque data: type and length as little-endian 16-bit numbers, then the value.</summary>
/// <param name="Type">NVIDIA's number of the field.</param>
/// <param name="ValueType">How the value is meant; 0 in the form without a header, which has no such number.</param>
/// <param name="Value">The bytes.</param>
public sealed record NvidiaOpaqueField(int Type, int ValueType, ReadOnlyMemory<byte> Value)
{
    /// <summary>NVIDIA's name of the type without its prefix, or the number where no name is known.</summary>
    public string Name => NvidiaOpaqueType.Name(Type) ?? Type.ToString(CultureInfo.InvariantCulture);

    /// <summary>Printable text without trailing zero bytes, or all bytes in lower-case hexadecimal.</summary>
    public string Text
    {
        get
        {
            var text = Value.Span.TrimEnd((byte)0);
            return text.IsEmpty || text.ContainsAnyExceptInRange((byte)0x20, (byte)0x7e) ? Convert.ToHexStringLower(Value.Span) : System.Text.Encoding.ASCII.GetString(text);
        }
    }
}
