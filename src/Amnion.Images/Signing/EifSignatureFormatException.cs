namespace Amnion.Images.Signing;

/// <summary>A signature section was refused.</summary>
public sealed class EifSignatureFormatException : ImageFormatException
{
    /// <param name="offset">Byte offset in the file; inside the decoded signature or certificate, that of the value.</param>
    /// <param name="field">Field of the section.</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    /// <param name="inner">The cause.</param>
    public EifSignatureFormatException(long offset, string field, string problem, Exception? inner = null)
        : base(ImageCodes.SignatureMalformed, offset, field, problem, inner)
    {
    }
}
