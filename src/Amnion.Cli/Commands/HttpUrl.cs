namespace Amnion.Cli.Commands;

/// <summary>URLs as a person types them.</summary>
static class HttpUrl
{
    /// <summary>A relay's base URL, ending in a slash.</summary>
    public static Uri Relay(string text) =>
        Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var url) && url.Scheme is ("http" or "https") && url.Host.Length > 0
            ? url
            : throw new CliException(ExitCode.Malformed, $"\"{text}\" is not a URL", "pass the relay's address, for example http://127.0.0.1:8443", CliCodes.UrlMalformed);

    /// <summary>An address to listen on.</summary>
    public static Uri Listening(string text, string option) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == "http" && url.PathAndQuery == "/" && url.Host is not ("" or "0.0.0.0" or "[::]")
            ? url
            : throw new CliException(ExitCode.Malformed, $"\"{text}\" is no address to listen on that a caller can connect to", $"pass {option} http://ADDRESS:PORT with the address of one network interface", CliCodes.UrlMalformed);
}
