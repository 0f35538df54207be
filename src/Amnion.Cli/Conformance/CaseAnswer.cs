using System.Collections.Immutable;
using Amnion.Attestation;

namespace Amnion.Cli.Conformance;

/// <summary>What this program found for one case.</summary>
/// <param name="Outcome">One of the words of MANIFEST.json, worked out here and never copied from the expectation.</param>
/// <param name="Codes">Codes of the checks that rejected.</param>
/// <param name="Fields">Decoded values; those named "expected.X" answer the expectation's member X, all others the case's "decoded".</param>
sealed record CaseAnswer(string Outcome, ImmutableArray<string> Codes, ImmutableArray<EvidenceField> Fields)
{
    public CaseAnswer(string outcome)
        : this(outcome, [], [])
    {
    }
}
