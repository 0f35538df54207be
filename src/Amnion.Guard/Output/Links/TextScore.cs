namespace Amnion.Guard.Output.Links;

/// <summary>Counts how many bytes are those of a text.</summary>
struct TextScore
{
    int _bytes;
    int _printable;
    int _letters;

    /// <summary>At least eight bytes, of which 95 % are printable ASCII and half are letters, digits or spaces. Random bytes are printable with 37 %.</summary>
    public readonly bool IsText => _bytes >= 8 && _printable * 20 >= _bytes * 19 && _letters * 2 >= _bytes;

    public void Add(byte value)
    {
        _bytes++;
        _printable += value is >= 0x20 and < 0x7F or 0x0A or 0x0D or 0x09 or (>= 0xC2 and <= 0xC3) ? 1 : 0;
        _letters += char.IsAsciiLetterOrDigit((char)value) || value == ' ' ? 1 : 0;
    }
}
