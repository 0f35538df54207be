using System.Globalization;

namespace Amnion.Images;

/// <summary>Bytes that are no such format. One sealed type a format; each names the field and the byte offset.</summary>
public abstract class ImageFormatException : FormatException
{
    private protected ImageFormatException(string code, long offset, string field, string problem, Exception? inner = null)
        : base(string.Create(CultureInfo.InvariantCulture, $"{field}: {problem} (byte offset {offset})"), inner)
    {
        Code = code;
        Offset = offset;
        Field = field;
    }

    /// <summary>The stable code, see <see cref="ImageCodes"/>.</summary>
    public string Code { get; }

    /// <summary>Byte offset in the file or archive.</summary>
    public long Offset { get; }

    /// <summary>The refused field, in the words of the format's definition.</summary>
    public string Field { get; }
}
