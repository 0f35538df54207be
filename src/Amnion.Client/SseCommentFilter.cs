namespace Amnion.Client;

/// <summary>
/// Takes padding out of a stream of server-sent events: lines that begin with ':' are comments (HTML Living Standard §9.2.6), and the
/// enclave pads with them. Works on pieces as they arrive; everything else passes unchanged.
/// </summary>
sealed class SseCommentFilter
{
    bool _atLineStart = true;
    bool _inComment;
    bool _swallowBlank;

    /// <summary>Filters <paramref name="piece"/> in place and returns how many bytes remain at its start.</summary>
    public int Filter(Span<byte> piece)
    {
        var kept = 0;
        foreach (var b in piece)
        {
            if (_atLineStart && b == (byte)':')
            {
                _inComment = true;
                _atLineStart = false;
                continue;
            }

            if (_inComment)
            {
                if (b == (byte)'\n')
                {
                    _inComment = false;
                    _atLineStart = true;
                    _swallowBlank = true;
                }

                continue;
            }

            if (_swallowBlank && _atLineStart && b == (byte)'\n')
            {
                // The blank line that ended the padding.
                _swallowBlank = false;
                continue;
            }

            _swallowBlank = false;
            _atLineStart = b == (byte)'\n';
            piece[kept++] = b;
        }

        return kept;
    }
}
