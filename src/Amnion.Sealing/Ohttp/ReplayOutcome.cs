namespace Amnion.Sealing;

/// <summary>What <see cref="ReplayMemory.Add"/> found.</summary>
public enum ReplayOutcome
{
    /// <summary>New, and remembered from now on: the request may be acted on.</summary>
    Added,

    /// <summary>Seen before: the request is refused.</summary>
    Replayed,

    /// <summary>Unknown whether seen before, because nothing more can be remembered: the request is refused and the key rotated.</summary>
    Full,
}
