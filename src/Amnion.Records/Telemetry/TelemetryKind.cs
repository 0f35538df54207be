namespace Amnion.Records.Telemetry;

/// <summary>What happened. The list is closed: a new kind is a new version of the schema.</summary>
public enum TelemetryKind
{
    /// <summary>An exchange ended; value is its duration in milliseconds, bucketed.</summary>
    Exchange,

    /// <summary>An appraisal ended; value 1 accepted, 0 refused.</summary>
    Appraisal,

    /// <summary>A key release was decided; value 1 released, 0 refused.</summary>
    Release,

    /// <summary>The enclave booted; value is milliseconds to ready.</summary>
    Boot,

    /// <summary>The worker was replaced; value counts replacements.</summary>
    WorkerReplaced,

    /// <summary>A keyset was made; value counts keysets.</summary>
    KeysetRotated,

    /// <summary>A request was refused; the outcome says why.</summary>
    Refused,
}
