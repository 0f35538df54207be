namespace Amnion.Guard.Output.Secrets;

/// <summary>A private key in PEM (RFC 7468 §2) or OpenPGP armour (RFC 9580 §6.2).</summary>
sealed class PrivateKeyCandidate(int start) : SecretCandidate(start)
{
    const int LongestLabel = 64;
    const int LeastBody = 32;
    const int LongestKey = 32 * 1024;

    /// <summary>Then it is one, whatever little it holds: what is held back longer leaves unseen.</summary>
    const int LongestWait = AnswerFilter.LongestHold / 2;

    int _base64;
    int _dashes;
    bool _isBody;
    bool _isEnd;
    bool _isHeader;

    public override bool Feed(char c, int position, AnswerHits hits)
    {
        if (position - Start > LongestKey)
        {
            return false;
        }

        Hit?.GrowTo(position + 1);
        _dashes = c == '-' ? _dashes + 1 : 0;
        if (!_isBody)
        {
            Body.Append(c);
            _isBody = _dashes == 5;
            _dashes = _isBody ? 0 : _dashes;
            return _isBody ? Body.ToString().Contains("PRIVATE KEY", StringComparison.Ordinal) : Body.Length < LongestLabel && c != '\n';
        }

        if (_dashes == 5)
        {
            // The first five dashes begin the END line, the next five end it.
            _dashes = 0;
            var isOver = _isEnd;
            _isEnd = true;
            return !isOver && Hit is not null;
        }

        if (!_isEnd)
        {
            // "Comment: …" of OpenPGP's armour may say anything to the end of its line.
            _isHeader = c != '\n' && (_isHeader || c == ':');
            if (!_isHeader && !char.IsAsciiLetterOrDigit(c) && !char.IsWhiteSpace(c) && c is not ('+' or '/' or '=' or '\\' or ':' or ',' or '-' or '.' or '"' or '\'' or '(' or ')'))
            {
                return false;
            }

            _base64 += char.IsWhiteSpace(c) ? 0 : 1;
            if (Hit is null && (_base64 >= LeastBody || position - Start >= LongestWait))
            {
                Report("secret.private-key", position + 1, hits);
            }
        }

        return true;
    }

    public override void Complete(int length, AnswerHits hits)
    {
        // A label without a key tells nothing.
    }
}
