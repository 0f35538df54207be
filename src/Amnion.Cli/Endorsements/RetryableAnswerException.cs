namespace Amnion.Cli.EndorsementCollection;

/// <summary>The source answered that it may answer later.</summary>
sealed class RetryableAnswerException(string code, string message, TimeSpan? after) : Exception(message)
{
    public string Code { get; } = code;

    /// <summary>How long it asked to wait; null where it did not.</summary>
    public TimeSpan? After { get; } = after;
}
