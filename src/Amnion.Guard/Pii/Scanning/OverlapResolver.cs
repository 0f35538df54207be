using System.Collections.Immutable;

namespace Amnion.Guard.Pii.Scanning;

/// <summary>Chooses among overlapping candidates by their score, to which arithmetic, context with it, and length add a little.</summary>
static class OverlapResolver
{
    public static ImmutableArray<PiiFinding> Resolve(List<Candidate> candidates, Settings settings)
    {
        candidates.Sort(static (a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : b.End.CompareTo(a.End));
        var findings = ImmutableArray.CreateBuilder<PiiFinding>();
        var best = candidates[0];
        for (var i = 1; i < candidates.Count; i++)
        {
            var next = candidates[i];
            if (next.Start >= best.End)
            {
                findings.Add(settings.Finding(best));
                best = next;
            }
            else if (Rank(next) > Rank(best))
            {
                best = next;
            }
        }

        findings.Add(settings.Finding(best));
        return findings.DrainToImmutable();
    }

    /// <summary>The candidates of which a part lies outside the finding they lost to.</summary>
    /// <param name="candidates">All candidates, as <see cref="Resolve"/> has sorted them.</param>
    /// <param name="findings">What it chose.</param>
    /// <param name="settings">The settings.</param>
    public static ImmutableArray<PiiFinding> Beyond(List<Candidate> candidates, ImmutableArray<PiiFinding> findings, Settings settings)
    {
        var beyond = ImmutableArray.CreateBuilder<PiiFinding>();
        var at = 0;
        foreach (var candidate in candidates)
        {
            while (at + 1 < findings.Length && findings[at + 1].Span.Start <= candidate.Start)
            {
                at++;
            }

            if (candidate.Start < findings[at].Span.Start || candidate.End > findings[at].Span.End)
            {
                beyond.Add(settings.Finding(candidate));
            }
        }

        return beyond.DrainToImmutable();
    }

    /// <summary>0.05 for arithmetic, 0.1 more in context, and a thousandth a code unit: of equals the longer wins.</summary>
    static double Rank(Candidate candidate) => candidate.Score + (candidate.Checked ? 0.05 : 0) + (candidate.Checked && candidate.InContext ? 0.1 : 0) + (Math.Min(candidate.End - candidate.Start, 60) * 0.001);
}
