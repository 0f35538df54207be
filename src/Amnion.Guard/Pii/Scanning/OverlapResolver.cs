using System.Collections.Immutable;

namespace Amnion.Guard.Pii.Scanning;

/// <summary>Chooses among overlapping candidates: context with arithmetic first, then arithmetic, then the score, then the longer one.</summary>
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

    /// <summary>A candidate inside a stronger, longer one loses; of equals the longer wins.</summary>
    static double Rank(Candidate candidate) => candidate.Score + (candidate.Checked ? 0.05 : 0) + (candidate.Checked && candidate.InContext ? 0.1 : 0) + (Math.Min(candidate.End - candidate.Start, 60) * 0.001);
}
