using Amnion.Images.Content;

namespace Amnion.Images.Eif;

/// <summary>A section of an EIF file.</summary>
/// <param name="Type">What it holds.</param>
/// <param name="Offset">Where its 12-byte header starts in the file.</param>
/// <param name="Content">Its data, without the header.</param>
public sealed record EifSection(EifSectionType Type, long Offset, ImageContent Content);
