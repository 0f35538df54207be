using System.Collections.Immutable;
using Amnion.Attestation;

namespace Amnion.Cli.Conformance;

/// <summary>Our answer to one Tinfoil case, in the words of its output schema.</summary>
/// <param name="Codes">Our codes of what rejected; empty where accepted.</param>
/// <param name="Rejection">The upstream's code of the first of them in the upstream's order; empty where accepted, or where malformed input has none.</param>
/// <param name="Outputs">Values named as in the schema's "outputs", nested names joined with dots.</param>
sealed record TinfoilVerdict(ImmutableArray<string> Codes, string Rejection, ImmutableArray<EvidenceField> Outputs)
{
    /// <summary>The input itself breaks its layout: the upstream's exit code 30, which is no rejection.</summary>
    public bool Malformed { get; init; }

    /// <summary>Other words of the upstream's for the same failures; one that is expected is as good as <see cref="Rejection"/>.</summary>
    public ImmutableArray<string> Synonyms { get; init; } = [];

    /// <summary>The part of a whole flow that rejected; null for cases of one part.</summary>
    public string? Stage { get; init; }

    public bool Accepted => Codes.IsEmpty;

    public int ExitCode => Accepted ? 0 : Malformed ? 30 : 10;

    /// <summary>Whether one of these is the upstream's word for what rejected.</summary>
    public bool IsRejectedBy(string[] alternatives) => !Accepted && (alternatives.Contains(Rejection) || alternatives.Any(Synonyms.Contains));

    /// <summary>Orders codes as the upstream does, which names the first only; codes it has no word for come last.</summary>
    public static string First(IEnumerable<string> rejections, string[] order) =>
        rejections.Where(code => code.Length > 0).OrderBy(code => Array.IndexOf(order, code) is >= 0 and var index ? index : order.Length).FirstOrDefault(string.Empty);
}
