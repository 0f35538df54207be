namespace Amnion.Cli;

/// <summary>A command ends with an error a person can act on.</summary>
sealed class CliException(int exitCode, string message, string hint, string? code = null, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>What to type or do.</summary>
    public string Hint { get; } = hint;

    /// <summary>The stable code, where the refusal has one.</summary>
    public string? Code { get; } = code;
}
