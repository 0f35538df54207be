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

    /// <summary>What a label close by that names another kind of number takes from a candidate without context, and how close.</summary>
    const float AnotherPenalty = 0.15f;

    const int WordsClose = 3;

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
        score -= distance == 0 && NamesAnother(first, last) ? AnotherPenalty : 0;
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

    /// <summary>Adds a candidate whose recogniser has weighed the words around it already.</summary>
    public void Add(PiiType type, int start, int end, float score)
    {
        if (score >= Settings.Threshold(type.Index))
        {
            candidates.Add(new Candidate(type.Index, start, end, score, Checked: false, InContext: false));
        }
    }

    /// <summary>The text between a token and the next.</summary>
    public ReadOnlySpan<char> Gap(int token) => token + 1 < Tokens.Length ? Text[Tokens[token].End..Tokens[token + 1].Start] : [];

    /// <summary>Whether a word close by speaks for a number with check digits: it names that number, not this one.</summary>
    bool NamesAnother(int first, int last)
    {
        UInt128 types = 0;
        for (var distance = 1; distance <= WordsClose; distance++)
        {
            types |= first >= distance ? TypesOf(first - distance) : 0;
            types |= last + distance < Tokens.Length ? TypesOf(last + distance) : 0;
        }

        return (types & Settings.CheckedTypes) != 0;
    }

    UInt128 TypesOf(int token) => Settings.Words.Types(Tokens[token].Word) | Settings.Words.Types(Tokens[token].Pair);

    /// <summary>Whether digits grouped by spaces go on to the left or right: a piece of a longer number.</summary>
    public bool GoesOn(int first, int last)
    {
        return Touches(first - 1, first) || Touches(last, last + 1);
    }

    bool Touches(int left, int right)
    {
        if (left < 0 || right >= Tokens.Length || Tokens[right].Start - Tokens[left].End != 1 || Text[Tokens[left].End] != ' ')
        {
            return false;
        }

        return Tokens[left].Kind != TokenKind.Letters && Tokens[right].Kind != TokenKind.Letters && Tokens[left].Length <= 4 && Tokens[right].Length <= 4;
    }
}
