namespace Amnion.Host.Relay;

/// <summary>How a sealed exchange ended at the relay.</summary>
abstract record SealedEnd
{
    private protected SealedEnd()
    {
    }

    /// <summary>The whole answer went out.</summary>
    internal sealed record Whole : SealedEnd;

    /// <summary>The caller closed its connection.</summary>
    internal sealed record CallerLeft : SealedEnd;

    /// <summary>Nothing of an answer went out yet.</summary>
    internal sealed record Refused(Problem Problem) : SealedEnd;

    /// <summary>The answer broke off after its first byte.</summary>
    internal sealed record Cut(string Code) : SealedEnd;
}
