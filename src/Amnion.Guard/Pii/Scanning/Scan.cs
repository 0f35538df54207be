namespace Amnion.Guard.Pii.Scanning;

/// <summary>One text being scanned: its words, the settings, and where candidates go.</summary>
readonly ref struct Scan(ReadOnlySpan<char> text, ReadOnlySpan<Token> tokens, Settings settings, List<Candidate> candidates)
{
    /// <summary>How many words before and after a candidate may speak for it.</summary>
    const int WordsBefore = 8, WordsAfter = 4;

    /// <summary>How many words before a candidate may speak against it.</summary>
    const int WordsAgainst = 2;

    /// <summary>What an order's or a build's label takes from a candidate without context.</summary>
    const float AgainstPenalty = 0.35f;

    public ReadOnlySpan<char> Text { get; } = text;

    public ReadOnlySpan<Token> Tokens { get; } = tokens;

    public Settings Settings { get; } = settings;

    /// <summary>The code unit at a place, NUL outside the text.</summary>
    public char At(int place) => (uint)place < (uint)Text.Length ? Text[place] : '\0';

    /// <summary>The words of a token.</summary>
    public ReadOnlySpan<char> Word(int token) => Text.Slice(Tokens[token].Start, Tokens[token].Length);

    /// <summary>The roles of a token, none outside the text.</summary>
    public WordRoles Roles(int token) => (uint)token < (uint)Tokens.Length ? Settings.Words.Roles(Tokens[token].Word) | Settings.Words.Roles(Tokens[token].Pair) : WordRoles.None;

    /// <summary>Whether a token speaks for a type.</summary>
    public bool Speaks(int token, int type) => (uint)token < (uint)Tokens.Length && ((Settings.Words.Types(Tokens[token].Word) | Settings.Words.Types(Tokens[token].Pair)) >> type & 1) != 0;

    /// <summary>How many words away the nearest one is that speaks for a type, 0 for none.</summary>
    public int Context(int type, int first, int last)
    {
        for (var distance = 1; distance <= WordsBefore && first - distance >= 0; distance++)
        {
            if (Speaks(first - distance, type))
            {
                return distance;
            }
        }

        for (var distance = 1; distance <= WordsAfter && last + distance < Tokens.Length; distance++)
        {
            if (Speaks(last + distance, type))
            {
                return WordsBefore + distance;
            }
        }

        return 0;
    }

    /// <summary>Proposes a candidate over the tokens <paramref name="first"/> to <paramref name="last"/>.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="first">The first token it touches.</param>
    /// <param name="last">The last token it touches.</param>
    /// <param name="span">Where.</param>
    /// <param name="lone">Its score without context.</param>
    /// <param name="inContext">Its score with a word nearby that speaks for it.</param>
    /// <param name="isChecked">Whether arithmetic holds.</param>
    public void Propose(PiiType type, int first, int last, TextSpan span, float lone, float inContext, bool isChecked) => Propose(type.Index, first, last, span, lone, inContext, isChecked);

    /// <inheritdoc cref="Propose(PiiType, int, int, TextSpan, float, float, bool)"/>
    public void Propose(int type, int first, int last, TextSpan span, float lone, float inContext, bool isChecked)
    {
        var threshold = Settings.Threshold(type);
        if (Math.Max(lone, inContext) < threshold)
        {
            return;
        }

        var distance = Context(type, first, last);
        var score = distance == 0 ? lone : Math.Max(lone, inContext - (distance * 0.005f));
        for (var i = 1; distance == 0 && i <= WordsAgainst; i++)
        {
            if ((Roles(first - i) & WordRoles.Against) != 0)
            {
                score -= AgainstPenalty;
                break;
            }
        }

        // A threshold of 0 asks for every candidate, also those that something speaks against.
        if (score >= threshold || threshold == 0)
        {
            candidates.Add(new Candidate(type, span.Start, span.End, Math.Max(score, 0), isChecked, distance != 0));
        }
    }
}
