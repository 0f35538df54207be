using Microsoft.Extensions.Logging;

namespace Amnion.Host;

/// <summary>Log messages of the supervisor: names, codes and numbers.</summary>
static partial class Log
{
    [LoggerMessage(EventId = 1001, Level = LogLevel.Information, Message = "Enclave {ModuleId} on {Platform} is ready after {Milliseconds} ms (start {Starts}).")]
    internal static partial void Ready(ILogger logger, string moduleId, string platform, long milliseconds, int starts);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Warning, Message = "Enclave {ModuleId} ended with status {Status}; a new one with new keys follows in {Milliseconds} ms.")]
    internal static partial void Ended(ILogger logger, string moduleId, int status, long milliseconds);

    [LoggerMessage(EventId = 1003, Level = LogLevel.Error, Message = "The enclave could not be brought up ({Code}): {Reason}")]
    internal static partial void StartFailed(ILogger logger, string code, string reason);

    [LoggerMessage(EventId = 1004, Level = LogLevel.Critical, Message = "The supervisor gave up ({Code}); a person must act.")]
    internal static partial void GaveUp(ILogger logger, string code);

    [LoggerMessage(EventId = 1005, Level = LogLevel.Warning, Message = "The configuration release was not renewed ({Code}); the one in force stays until it expires.")]
    internal static partial void ConfigurationNotRenewed(ILogger logger, string code);

    [LoggerMessage(EventId = 1006, Level = LogLevel.Warning, Message = "Enclave {ModuleId} did not answer {Missed} pulses in a row and is ended.")]
    internal static partial void Hung(ILogger logger, string moduleId, int missed);

    [LoggerMessage(EventId = 1007, Level = LogLevel.Warning, Message = "Sealed weights from {Source}: interrupted after {Offset} of {Length} bytes ({Reason}); going on in {Milliseconds} ms.")]
    internal static partial void WeightsInterrupted(ILogger logger, string source, long offset, long length, string reason, long milliseconds);
}
