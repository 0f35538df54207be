namespace Amnion.Cli.Commands;

/// <summary>A relay's base URL as a person types it.</summary>
static class RelayUrl
{
    public static Uri Parse(string text) =>
        Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var url) && url.Scheme is ("http" or "https")
            ? url
            : throw new CliException(ExitCode.Malformed, $"\"{text}\" is not a URL", "pass the relay's address, for example http://127.0.0.1:8443");
}
