using System.CommandLine;
using System.Globalization;

namespace Amnion.Cli.Commands;

/// <summary>`--at TIME`: verify as of another time than now.</summary>
static class TimeOption
{
    public static Option<string?> Create() => new("--at") { Description = "Verify as of this time (ISO 8601, UTC where no zone is given; default: now, or what the document states)", HelpName = "TIME" };

    public static DateTimeOffset? Read(string? text) => text switch
    {
        null => null,
        _ when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) => time,
        _ => throw new CliException(ExitCode.Malformed, $"\"{text}\" is no time", "write it as 2026-06-01T12:00:00Z", null),
    };
}
