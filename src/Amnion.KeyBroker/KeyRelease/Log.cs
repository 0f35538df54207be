using Microsoft.Extensions.Logging;

namespace Amnion.KeyBroker.KeyRelease;

/// <summary>Log messages of key release: names of known keys and codes, never what a request carried.</summary>
static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "released key {KeyId} version {Version}")]
    public static partial void Released(ILogger logger, string keyId, long version);

    [LoggerMessage(6, LogLevel.Warning, "released key {KeyId} version {Version} to an enclave that is EMULATED – not a security boundary")]
    public static partial void ReleasedEmulated(ILogger logger, string keyId, long version);

    [LoggerMessage(2, LogLevel.Warning, "refused key {KeyId} version {Version}: {Code} {Checks}")]
    public static partial void Refused(ILogger logger, string keyId, long version, string code, string checks);

    [LoggerMessage(3, LogLevel.Information, "answered {Status} {Code}")]
    public static partial void Answered(ILogger logger, int status, string code);

    [LoggerMessage(4, LogLevel.Error, "a request failed: {Code} {Kind}")]
    public static partial void Failed(ILogger logger, string code, string kind);

    [LoggerMessage(5, LogLevel.Information, "listening on {Url} as {Name}")]
    public static partial void Listening(ILogger logger, string url, string name);
}
