namespace Amnion.Cli.EndorsementCollection;

/// <summary>One endorsement could not be fetched; the others go on.</summary>
sealed class EndorsementException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>One of <see cref="EndorsementCodes"/>.</summary>
    public string Code { get; } = code;
}
