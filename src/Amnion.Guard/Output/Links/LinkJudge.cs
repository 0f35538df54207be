namespace Amnion.Guard.Output.Links;

/// <summary>Says whether a URL may stand in an answer.</summary>
sealed class LinkJudge(LinkPolicy policy, LinkContextText context)
{
    /// <summary>The rule that a URL breaks, or null.</summary>
    /// <param name="text">The URL, decoded as its renderer would.</param>
    /// <param name="isFetched">Whether it is fetched without a click.</param>
    public string? Judge(string text, bool isFetched)
    {
        var target = LinkTarget.Parse(text);
        if (target.IsDangerous)
        {
            return "link.scheme";
        }

        if (!target.HasHost)
        {
            return target.Scheme is "mailto" or "sms" or "smsto" or "tel" or "xmpp" && LinkPayload.Carries(target, context) ? "link.data" : null;
        }

        if (policy.Allows(target))
        {
            return null;
        }

        return isFetched ? "link.fetched"
            : policy.OnlyAllowed ? "link.outside"
            : target.HasUserInfo ? "link.user-info"
            : policy.IsLookAlike(target) ? "link.look-alike"
            : LinkHost.IsDisguisedAddress(target.Host) ? "link.disguised-host"
            : LinkPayload.Carries(target, context) ? "link.data"
            : null;
    }

    /// <summary>Whether the URL names a host that is not on the list.</summary>
    public bool IsOutside(string text)
    {
        var target = LinkTarget.Parse(text);
        return target.HasHost && !policy.Allows(target);
    }

    /// <summary>Judges every URL that an attribute holds: srcset, style, meta refresh, event handlers and srcdoc hold them in the middle.</summary>
    public string? JudgeAll(string text, bool isFetched)
    {
        var rule = Judge(text, isFetched);
        if (rule is not null || !isFetched)
        {
            return rule;
        }

        foreach (var piece in text.Split([' ', '\t', '\r', '\n', '\f', ',', ';', '\'', '"', '(', ')', '<', '>', '='], StringSplitOptions.RemoveEmptyEntries))
        {
            if (piece.Contains("//", StringComparison.Ordinal) || piece.Contains('\\') || piece.Contains(':'))
            {
                rule = Judge(piece, isFetched);
                if (rule is not null)
                {
                    return rule;
                }
            }
        }

        return null;
    }
}
