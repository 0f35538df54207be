namespace Amnion.Inference;

/// <summary>The engine cannot be started or used. Carries a code of <see cref="InferenceCodes"/>; never tenant text.</summary>
public sealed class InferenceException : Exception
{
    /// <summary>Creates the exception.</summary>
    public InferenceException(string code, string message)
        : base($"{message} ({code})") => Code = code;

    /// <summary>Creates the exception with its cause.</summary>
    public InferenceException(string code, string message, Exception innerException)
        : base($"{message} ({code})", innerException) => Code = code;

    /// <summary>One of <see cref="InferenceCodes"/>.</summary>
    public string Code { get; }
}
