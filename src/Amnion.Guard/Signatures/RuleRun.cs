namespace Amnion.Guard.Signatures;

/// <summary>Follows every rule through one view: the phrases found advance its steps within their gaps.</summary>
struct RuleRun(SignaturePack pack, SignatureChannels channel, List<(int Rule, TextSpan Span, bool Mentioned)> matches) : IPhraseSink
{
    // How many words after "explain the phrase" are still the phrase.
    const int MentionWords = 8;

    // The latest end of each step and, since that may overlap what comes next, the one before it.
    readonly (int End, int Start, int Word, int EarlierEnd, int EarlierStart, int EarlierWord)[] _states = New(pack.Steps.States);

    // One match a rule is enough, and one that is not only talked about is better: so a flood of one signature hides no other.
    readonly byte[] _seen = new byte[pack.Rules.Count];
    int _mention = int.MinValue / 2;

    static (int, int, int, int, int, int)[] New(int count)
    {
        const int Never = int.MinValue / 2;
        var states = new (int, int, int, int, int, int)[count];
        Array.Fill(states, (Never, 0, Never, Never, 0, Never));
        return states;
    }

    public void Found(int set, int firstWord, int lastWord, TextSpan span)
    {
        if (set == pack.Mention)
        {
            _mention = lastWord;
        }

        foreach (var (r, step, state) in pack.Steps.Of(set))
        {
            var rule = pack.Rules[r];
            if ((rule.Channels & channel) == 0)
            {
                continue;
            }

            int start = span.Start, word = firstWord;
            if (step > 0)
            {
                ref readonly var before = ref _states[state - 1];
                var reach = firstWord - rule.Gaps[step] - 1;
                if (before.End < firstWord && before.End >= reach)
                {
                    (start, word) = (before.Start, before.Word);
                }
                else if (before.EarlierEnd < firstWord && before.EarlierEnd >= reach)
                {
                    (start, word) = (before.EarlierStart, before.EarlierWord);
                }
                else
                {
                    continue;
                }
            }

            if (step + 1 < rule.Sets.Length)
            {
                ref var mine = ref _states[state];
                mine = (lastWord, start, word, mine.End, mine.Start, mine.Word);
            }
            else if (_seen[r] < 2)
            {
                var mentioned = word - _mention <= MentionWords && word >= _mention;
                if (_seen[r] == 0 || !mentioned)
                {
                    _seen[r] = (byte)(mentioned ? 1 : 2);
                    matches.Add((r, new TextSpan(start, span.End - start), mentioned));
                }
            }
        }
    }
}
