using Amnion.Guard.Output.Leaks;

namespace Amnion.Guard.Output.Prompts;

/// <summary>The words of a prompt: three in a row, and each that is not everyday's. What keeps them is a paraphrase.</summary>
sealed class PromptWords
{
    const string Everyday = " a an the and or but not no yes of to in on at by for with from as is are was were be been being am i you he she it we they me him her us them my your his its our their this that these those what which who whom whose when where why how all any both each few more most other some such only own same so than too very can will just should would could may might must do does did done doing have has had having if then else while until about into over under again further once here there out up down off because during before after above below between through also shall let like one two three four five first last new good great well make made get got give given take use used using user users answer answers question questions help please provide provided following follow sure hello hi hey thanks thank welcome today know think see want need time way thing things people work day example correct incorrect right wrong true false open closed start stop end begin set none null secret password code word words phrase key access granted denied message text input output response respond reply say says said assistant model ai required correct valid invalid hidden entered missing empty needed confidential sensitive strong weak expired unknown private ";

    static readonly HashSet<string> s_everyday = new(Everyday.Split(' ', StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);
    static readonly HashSet<ulong> s_everydayHashes = [.. s_everyday.Select(static word => HashOf(word))];

    public PromptWords(IEnumerable<string> pieces)
    {
        foreach (var piece in pieces)
        {
            Read(piece);
        }
    }

    /// <summary>Three words in a row, hashed.</summary>
    public HashSet<ulong> Triples { get; } = [];

    /// <summary>Words that are not everyday's, hashed.</summary>
    public HashSet<ulong> Distinctive { get; } = [];

    /// <summary>How many words the prompt has.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a word, in lower case, is one of everyday.</summary>
    public static bool IsCommon(string word) => s_everyday.Contains(word);

    public static bool IsEveryday(ulong word) => s_everydayHashes.Contains(word);

    public static ulong TripleOf(ulong first, ulong second, ulong third) => unchecked((((first * 0x9E3779B97F4A7C15) ^ second) * 0xC2B2AE3D27D4EB4F) ^ third);

    /// <summary>Adds a symbol to a word's hash.</summary>
    public static ulong Add(ulong hash, byte symbol) => GramHash.Add(hash, symbol);

    void Read(string piece)
    {
        var (first, second, word) = (0UL, 0UL, 0UL);
        foreach (var c in piece + " ")
        {
            var symbol = FoldedSymbol.Of(c);
            if (symbol != FoldedSymbol.None)
            {
                word = Add(word, symbol);
            }
            else if (word != 0 && c is not ('\'' or '’'))
            {
                Count++;
                if (first != 0)
                {
                    Triples.Add(TripleOf(first, second, word));
                }

                if (!IsEveryday(word))
                {
                    Distinctive.Add(word);
                }

                (first, second, word) = (second, word, 0);
            }
        }
    }

    static ulong HashOf(string word)
    {
        var hash = 0UL;
        foreach (var symbol in FoldedSymbol.Fold(word))
        {
            hash = Add(hash, symbol);
        }

        return hash;
    }
}
