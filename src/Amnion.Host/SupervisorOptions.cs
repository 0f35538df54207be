namespace Amnion.Host;

/// <summary>How <see cref="EnclaveSupervisor"/> watches and restarts.</summary>
public sealed record SupervisorOptions
{
    /// <summary>How often telemetry is collected; also the shortest interval that /metrics shows.</summary>
    public TimeSpan PulseInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Unanswered pulses in a row after which the enclave counts as hung and is ended.</summary>
    public int MostMissedPulses { get; init; } = 4;

    /// <summary>How often the configuration release is fetched and carried again. Releases live at most 24 hours.</summary>
    public TimeSpan ConfigurationInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Pause before the first restart; doubles with each failure in a row.</summary>
    public TimeSpan FirstRestartDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause between restarts.</summary>
    public TimeSpan LongestRestartDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Restarts within <see cref="RestartWindow"/> after which the supervisor gives up.</summary>
    public int MostRestarts { get; init; } = 5;

    /// <summary>The window in which restarts are counted.</summary>
    public TimeSpan RestartWindow { get; init; } = TimeSpan.FromMinutes(10);
}
