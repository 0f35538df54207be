using Amnion.Records.Telemetry;
using Microsoft.Extensions.Logging;

namespace Amnion.Host.Relay;

/// <summary>Log messages of the relay: enumerations, numbers and the correlation id, never a header or a body.</summary>
static partial class RelayLog
{
    [LoggerMessage(EventId = 1101, Level = LogLevel.Information, Message = "The relay listens on {Address}.")]
    internal static partial void Listening(ILogger logger, Uri address);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Debug, Message = "Exchange {Correlation} ended: {Outcome} within {Milliseconds} ms.")]
    internal static partial void ExchangeEnded(ILogger logger, string correlation, TelemetryOutcome outcome, long milliseconds);

    [LoggerMessage(EventId = 1103, Level = LogLevel.Warning, Message = "An exchange was answered with status {Status} ({Code}).")]
    internal static partial void Answered(ILogger logger, int status, string code);

    [LoggerMessage(EventId = 1104, Level = LogLevel.Error, Message = "A request failed unexpectedly ({Kind}).")]
    internal static partial void Unexpected(ILogger logger, string kind);

    [LoggerMessage(EventId = 1105, Level = LogLevel.Warning, Message = "An answer was cut after its first byte ({Code}); the caller sees a truncated, unauthenticated end.")]
    internal static partial void Cut(ILogger logger, string code);
}
