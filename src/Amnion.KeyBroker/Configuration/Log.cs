using Microsoft.Extensions.Logging;

namespace Amnion.KeyBroker.Configuration;

/// <summary>Log messages of configuration releases: numbers only.</summary>
static partial class Log
{
    [LoggerMessage(20, LogLevel.Information, "issued configuration version {Version} with {Tenants} tenants")]
    public static partial void Issued(ILogger logger, long version, int tenants);
}
