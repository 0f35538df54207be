using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace Amnion.Attestation.Certificates;

/// <summary>Revocation by the relying party's list and by issuers' lists: RFC 5280 §5.3 and §6.3.3. Fails closed on any list it cannot rely on.</summary>
static class PathRevocation
{
    public static void Check(CertificatePath path, ChainProfile profile, PathContext context, CheckList checks)
    {
        var rules = profile.NamedRules;
        var listed = context.Revoked.IsEmpty ? null : Enumerable.Range(0, path.Count).Where(i => context.Revoked.Contains(path[i].Id)).Select(path.Label).ToList();
        checks.Add(rules.Revoked, listed, "issuer and serial number on no list");
        var revoked = new List<string>();
        var unusable = new List<string>();
        var covered = new bool[path.Count];
        if (context.RevocationLists.Length <= Endorsements.MaxCount)
        {
            foreach (var (list, problem) in context.Lists)
            {
                if (list is null)
                {
                    unusable.Add(problem!);
                }
                else
                {
                    Apply(path, list, context, covered, revoked, unusable);
                }
            }
        }
        else
        {
            unusable.Add(string.Create(CultureInfo.InvariantCulture, $"{context.RevocationLists.Length} lists, at most {Endorsements.MaxCount} are read"));
        }

        if (!context.RevocationLists.IsDefaultOrEmpty)
        {
            checks.Add(rules.RevocationLists, unusable, "complete, current and signed by the issuer");
        }

        AddMissing(path, profile, covered, checks);
        if (!covered.Contains(true))
        {
            // Lists of other issuers say nothing about this path.
            var reason = context.RevocationLists.IsDefaultOrEmpty ? "no revocation list was given" : "no list that was given is by an issuer of this chain";
            checks.Add(rules.RevokedByIssuer, CheckOutcome.Skip, actual: reason, required: false);
            return;
        }

        checks.Add(rules.RevokedByIssuer, revoked, "serial number on no list");
    }

    static void AddMissing(CertificatePath path, ChainProfile profile, bool[] covered, CheckList checks)
    {
        var needed = profile.Lists switch
        {
            RevocationNeed.Root => 1,
            RevocationNeed.EveryIssuer => path.Count - 1,
            _ => 0,
        };
        var missing = new List<string>();
        for (var i = 1; i <= Math.Min(needed, path.Count - 1); i++)
        {
            if (!covered[i])
            {
                missing.Add(path.Label(i - 1));
            }
        }

        var rule = profile.NamedRules.RevocationListMissing;
        if (missing.Count > 0)
        {
            checks.Skip(rule, "none was given of " + string.Join(", ", missing), "a list of every issuer that publishes one");
        }
        else if (needed > 0)
        {
            checks.Add(rule, CheckOutcome.Pass);
        }
    }

    static void Apply(CertificatePath path, RevocationList list, PathContext context, bool[] covered, List<string> revoked, List<string> unusable)
    {
        for (var i = 1; i < path.Count; i++)
        {
            if (!list.Issuer.Span.SequenceEqual(path[i].Issuer.Span))
            {
                continue;
            }

            covered[i] = true;
            if (Unusable(list, path, i - 1, context) is { } reason)
            {
                unusable.Add($"{path.Label(i - 1)}: {reason}");
            }
            else if (list.SerialNumbers.Contains(path[i].Id.SerialNumber))
            {
                revoked.Add(path.Label(i));
            }
        }
    }

    static string? Unusable(RevocationList list, CertificatePath path, int issuer, PathContext context)
    {
        if (list.HasCriticalExtension)
        {
            return "critical extension, so perhaps only a part of the list";
        }

        if (list.ThisUpdate > context.At || list.NextUpdate is not { } next || next < context.At)
        {
            return "not current at " + CertificatePath.Text(context.At);
        }

        if (path[issuer].KeyUsage is not { } usage || !usage.HasFlag(X509KeyUsageFlags.CrlSign))
        {
            return "the issuer's keyUsage lacks cRLSign";
        }

        return path.Accepts(list.Algorithm) && path.Key(issuer) is not null && list.IsSignedBy(path[issuer]) ? null : "not signed by the issuer with an accepted algorithm";
    }
}
