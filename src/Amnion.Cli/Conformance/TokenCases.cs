using Amnion.Attestation;
using Amnion.Attestation.Tokens;

namespace Amnion.Cli.Conformance;

/// <summary>Cases of tokens and claim sets. The published ones come without keys, so that they are decoded and not verified.</summary>
static class TokenCases
{
    public static CaseAnswer Run(ConformanceCase item)
    {
        try
        {
            var token = AttestationToken.Parse(item.File("token"));
            return new CaseAnswer("parse_only", [], [.. token.Fields, new EvidenceField("expected.token_kind", token.Kind.ToString(), "what the token was recognised as")]);
        }
        catch (TokenFormatException exception)
        {
            return new CaseAnswer("invalid", [exception.Code], []);
        }
    }
}
