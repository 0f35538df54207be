namespace Amnion.Images.Eif;

/// <summary>An EIF file was refused.</summary>
public sealed class EifFormatException : ImageFormatException
{
    /// <param name="offset">Byte offset in the file.</param>
    /// <param name="field">Field of the header or of a section's header.</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    public EifFormatException(long offset, string field, string problem)
        : base(ImageCodes.EifMalformed, offset, field, problem)
    {
    }
}
