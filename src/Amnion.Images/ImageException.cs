namespace Amnion.Images;

/// <summary>An image cannot be built, signed or compared from what was given.</summary>
public sealed class ImageException : Exception
{
    /// <param name="code">The stable code, see <see cref="ImageCodes"/>.</param>
    /// <param name="message">What failed and what was expected.</param>
    /// <param name="inner">The cause.</param>
    public ImageException(string code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>The stable code, see <see cref="ImageCodes"/>.</summary>
    public string Code { get; }
}
