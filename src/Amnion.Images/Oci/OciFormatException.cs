namespace Amnion.Images.Oci;

/// <summary>A container image or one of its layers was refused.</summary>
public sealed class OciFormatException : ImageFormatException
{
    /// <param name="offset">Byte offset in the file; 0 where the file as a whole is meant.</param>
    /// <param name="field">The file or member.</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    /// <param name="inner">The cause.</param>
    public OciFormatException(long offset, string field, string problem, Exception? inner = null)
        : base(ImageCodes.OciMalformed, offset, field, problem, inner)
    {
    }
}
