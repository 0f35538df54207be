using Amnion.Images.Content;

namespace Amnion.Images.Eif;

/// <summary>A section to write.</summary>
/// <param name="Type">What it holds.</param>
/// <param name="Length">Bytes that <paramref name="Write"/> will give.</param>
/// <param name="Write">Writes the data.</param>
public sealed record EifPart(EifSectionType Type, long Length, Action<Stream> Write)
{
    /// <summary>A section with this content.</summary>
    public static EifPart Of(EifSectionType type, ImageContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return new EifPart(type, content.Length, content.CopyTo);
    }
}
