namespace Amnion.Host;

/// <summary>A transfer was interrupted in a way that another attempt may mend.</summary>
/// <param name="reason">What happened, in words for a person.</param>
/// <param name="after">How long the server asked to wait; null where it did not.</param>
sealed class WeightsInterruptedException(string reason, TimeSpan? after = null, Exception? inner = null) : Exception(reason, inner)
{
    public TimeSpan? After { get; } = after;
}
