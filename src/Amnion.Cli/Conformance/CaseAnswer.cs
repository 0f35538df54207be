using System.Collections.Immutable;
using Amnion.Attestation;

namespace Amnion.Cli.Conformance;

/// <summary>What this program found for one case.</summary>
/// <param name="Outcome">One of the words of MANIFEST.json, worked out here and never copied from the expectation. Without the case's policy.</param>
/// <param name="Codes">Codes of the checks that rejected.</param>
/// <param name="Fields">Decoded values; those named "expected.X" answer the expectation's member X, all others the case's "decoded".</param>
sealed record CaseAnswer(string Outcome, ImmutableArray<string> Codes, ImmutableArray<EvidenceField> Fields)
{
    /// <summary>Outcomes that accept.</summary>
    static readonly string[] s_accepting = ["valid", "verified", "signature_valid_no_collateral"];

    /// <summary>Outcomes that refuse, whatever the reason.</summary>
    static readonly string[] s_refusing = ["invalid", "revoked", "no_pck_chain", "policy"];

    public CaseAnswer(string outcome)
        : this(outcome, [], [])
    {
    }

    /// <summary>The Evidence could be read from end to end, which is all that "parse_only" asks.</summary>
    public bool Parsed { get; init; }

    /// <summary>The Evidence could not be read, so that files beside it need not have been looked at.</summary>
    public bool IsMalformed { get; init; }

    /// <summary>Nobody signed the whole of it, and the case is read with that check waived: altering it shows nothing.</summary>
    public bool IsUnsigned { get; init; }

    /// <summary>The case brings no root for the attestation key, and is read with that check waived: a certificate of the key's is then not looked at.</summary>
    public bool WaivesProvenance { get; init; }

    /// <summary>Codes by which the case's policy refuses, none where it accepts; null where no policy was applied.</summary>
    public ImmutableArray<string>? Policy { get; init; }

    /// <summary>Codes by which a strict policy refuses that pins nothing but the Evidence's own code; null where none was applied.</summary>
    public ImmutableArray<string>? DefaultPolicy { get; init; }

    public bool Accepts => s_accepting.Contains(Outcome);

    public bool Refuses => s_refusing.Contains(Outcome);

    /// <summary>The answer to Evidence that is not of its format.</summary>
    public static CaseAnswer Malformed(string code) => new("invalid", [code], []) { IsMalformed = true };

    /// <summary>The answer to Evidence that was read: what rejected decides, and revocation has a word of its own.</summary>
    public static CaseAnswer Of(IEnumerable<AttestationCheck> checks, IEnumerable<EvidenceField> fields)
    {
        var rejecting = checks.Where(check => check.Rejects).ToList();
        return new CaseAnswer(rejecting.Count == 0 ? "valid" : IsRevoked(rejecting) ? "revoked" : "invalid", [.. rejecting.Select(check => check.Code)], [.. fields]) { Parsed = true };
    }

    /// <summary>True where revocation is what failed; checks that could then not be made follow from it.</summary>
    public static bool IsRevoked(IEnumerable<AttestationCheck> rejecting)
    {
        var failed = rejecting.Where(check => check is { Outcome: CheckOutcome.Fail, Kind: CheckKind.Authenticity }).ToList();
        return failed.Count > 0 && failed.TrueForAll(check => check.Code is PathCodes.Revoked or PathCodes.RevokedByIssuer or Attestation.Nitro.NitroCodes.Revoked or Attestation.Nitro.NitroCodes.RevokedByIssuer);
    }
}
