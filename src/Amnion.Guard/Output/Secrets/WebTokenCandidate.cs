namespace Amnion.Guard.Output.Secrets;

/// <summary>A JSON Web Token in compact form (RFC 7515 §7.1): two base64url segments that begin as a JSON object does, and a signature.</summary>
sealed class WebTokenCandidate(int start) : SecretCandidate(start)
{
    int _dots;

    public override bool Feed(char c, int position, AnswerHits hits)
    {
        if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or '='))
        {
            return false;
        }

        Hit?.GrowTo(position + 1);
        if (Hit is null)
        {
            Body.Append(c);
        }

        _dots += c == '.' ? 1 : 0;
        if (Hit is null && _dots == 1 && c == 'J' && Body.Length >= 16 && Body[^2] == 'y' && Body[^3] == 'e' && Body[^4] == '.')
        {
            Report("secret.jwt", position + 1, hits);
            Body.Clear();
        }

        return Hit is not null || Body.Length < LongestBody;
    }

    public override void Complete(int length, AnswerHits hits)
    {
        // Without its second segment it is no token.
    }
}
