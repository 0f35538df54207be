using System.Globalization;

namespace Amnion.Images.Specification;

/// <summary>The declarative file of an image was refused.</summary>
public sealed class ImageSpecificationException : FormatException
{
    /// <param name="line">Line in the file, from 1.</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    /// <param name="inner">The cause.</param>
    public ImageSpecificationException(int line, string problem, Exception? inner = null)
        : base(string.Create(CultureInfo.InvariantCulture, $"line {line}: {problem}"), inner) => Line = line;

    /// <summary>The stable code.</summary>
    public string Code { get; } = ImageCodes.SpecificationInvalid;

    /// <summary>Line in the file, from 1.</summary>
    public int Line { get; }
}
