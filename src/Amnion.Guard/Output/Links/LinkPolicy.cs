using System.Collections.Immutable;

namespace Amnion.Guard.Output.Links;

/// <summary>Which hosts an answer may name, and how strictly.</summary>
public sealed record LinkPolicy
{
    /// <summary>Hosts that are allowed for everything: "docs.acme.example", with all below it "*.acme.example", with a port other than the scheme's own "docs.acme.example:8443". ASCII; internationalised names in their xn-- form.</summary>
    public ImmutableArray<string> AllowedHosts { get; init; } = [];

    /// <summary>True refuses every link outside the list. False (the default) refuses there what is fetched without a click (images, styles, frames), what carries data, and what hides its host; a plain link may stay.</summary>
    public bool OnlyAllowed { get; init; }

    /// <summary>Whether host and port are on the list.</summary>
    internal bool Allows(LinkTarget target)
    {
        foreach (var entry in AllowedHosts)
        {
            var colon = entry.LastIndexOf(':');
            var host = colon < 0 ? entry : entry[..colon];
            var isPortRight = colon < 0 ? target.IsDefaultPort : entry[(colon + 1)..] == target.Port;
            if (isPortRight && Matches(host, target.Host))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a host that is not on the list poses as one that is: it holds its name, or reads the same.</summary>
    internal bool IsLookAlike(LinkTarget target)
    {
        foreach (var entry in AllowedHosts)
        {
            var colon = entry.LastIndexOf(':');
            var host = (colon < 0 ? entry : entry[..colon]).TrimStart('*', '.').ToLowerInvariant();
            if (host.Length < 4 || target.Host.Equals(host, StringComparison.Ordinal))
            {
                continue;
            }

            var skeleton = LinkHost.Skeleton(host);
            var theirs = LinkHost.Skeleton(target.Host);
            if (theirs.Contains(skeleton, StringComparison.Ordinal) && !target.Host.EndsWith("." + host, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    static bool Matches(string entry, string host) => entry.StartsWith("*.", StringComparison.Ordinal)
        ? host.Length > entry.Length - 1 && host.EndsWith(entry[1..], StringComparison.OrdinalIgnoreCase)
        : host.Equals(entry, StringComparison.OrdinalIgnoreCase);
}
