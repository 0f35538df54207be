namespace Amnion.Records.Telemetry;

/// <summary>How it ended.</summary>
public enum TelemetryOutcome
{
    /// <summary>As asked.</summary>
    Ok,

    /// <summary>The caller's mistake (bad request, wrong key, over quota).</summary>
    CallerError,

    /// <summary>A security check refused.</summary>
    Refused,

    /// <summary>Our side failed.</summary>
    Failed,

    /// <summary>The caller left.</summary>
    Cancelled,
}
