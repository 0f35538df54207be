namespace Amnion.Guard.Fields;

/// <summary>A value, a token or a key was refused. The message never quotes content.</summary>
/// <param name="code">One of <see cref="FieldCodes"/>.</param>
/// <param name="message">What was refused and what was expected.</param>
public sealed class FieldException(string code, string message) : Exception(message)
{
    /// <summary>One of <see cref="FieldCodes"/>.</summary>
    public string Code { get; } = code;
}
