namespace Amnion.Enclave.Telemetry;

/// <summary>Everything that is counted. The list is closed.</summary>
enum TelemetryCounter
{
    /// <summary>Sealed answers sent whole.</summary>
    Answers,

    /// <summary>Answers with a 4xx status.</summary>
    CallerErrors,

    /// <summary>Events nobody collected in time.</summary>
    EventsDropped,

    /// <summary>Evidence documents issued.</summary>
    Evidence,

    /// <summary>Answers with a 5xx status, and internal failures.</summary>
    Failures,

    /// <summary>Keysets made.</summary>
    Keysets,

    /// <summary>Exchanges refused with a code.</summary>
    Refused,

    /// <summary>Tokens, in blocks.</summary>
    Tokens,

    /// <summary>Workers replaced.</summary>
    WorkersReplaced,
}
