namespace Amnion.Images.Building;

/// <summary>An ELF file begins like one and then contradicts itself.</summary>
public sealed class ElfFormatException : ImageFormatException
{
    /// <param name="field">The header or entry.</param>
    /// <param name="problem">What was wrong.</param>
    public ElfFormatException(string field, string problem)
        : base(ImageCodes.ElfMalformed, 0, field, problem)
    {
    }
}
