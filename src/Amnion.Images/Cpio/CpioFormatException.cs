namespace Amnion.Images.Cpio;

/// <summary>A cpio archive was refused.</summary>
public sealed class CpioFormatException : ImageFormatException
{
    /// <param name="offset">Byte offset in the archive.</param>
    /// <param name="field">Field of an entry's header.</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    public CpioFormatException(long offset, string field, string problem)
        : base(ImageCodes.CpioMalformed, offset, field, problem)
    {
    }
}
