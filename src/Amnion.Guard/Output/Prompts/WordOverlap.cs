using Amnion.Guard.Output.Leaks;

namespace Amnion.Guard.Output.Prompts;

/// <summary>Measures how much of a prompt's words an answer repeats, over a window of as many words as the prompt has and half more.</summary>
sealed class WordOverlap
{
    const int LeastTriples = 5;
    const double TripleShare = 0.3;
    const int LeastDistinctive = 8;
    const double DistinctiveShare = 0.7;

    readonly PromptWords _words;
    readonly Dictionary<ulong, int> _seen = [];
    readonly Dictionary<ulong, int> _seenTriples = [];
    readonly Queue<(ulong Word, ulong Triple)> _window = new();
    readonly int _longest;
    ulong _first;
    ulong _second;
    ulong _word;

    public WordOverlap(PromptWords words)
    {
        _words = words;
        _longest = (words.Count * 3 / 2) + 24;
    }

    /// <summary>Takes a character; true where the word that it ends makes the answer a paraphrase of the prompt.</summary>
    public bool Feed(char c)
    {
        var symbol = FoldedSymbol.Of(c);
        if (symbol != FoldedSymbol.None)
        {
            _word = PromptWords.Add(_word, symbol);
            return false;
        }

        if (_word == 0 || c is '\'' or '’')
        {
            return false;
        }

        var triple = PromptWords.TripleOf(_first, _second, _word);
        var word = _words.Distinctive.Contains(_word) ? _word : 0;
        triple = _first != 0 && _words.Triples.Contains(triple) ? triple : 0;
        (_first, _second, _word) = (_second, _word, 0);
        Count(_seen, word, 1);
        Count(_seenTriples, triple, 1);
        _window.Enqueue((word, triple));
        if (_window.Count > _longest)
        {
            var (oldWord, oldTriple) = _window.Dequeue();
            Count(_seen, oldWord, -1);
            Count(_seenTriples, oldTriple, -1);
        }

        return (triple != 0 && _seenTriples.Count >= LeastTriples && _seenTriples.Count >= TripleShare * _words.Triples.Count)
            || (word != 0 && _seen.Count >= LeastDistinctive && _seen.Count >= DistinctiveShare * _words.Distinctive.Count && _seenTriples.Count >= 2);
    }

    static void Count(Dictionary<ulong, int> counts, ulong key, int by)
    {
        if (key == 0)
        {
            return;
        }

        var count = counts.GetValueOrDefault(key) + by;
        if (count == 0)
        {
            counts.Remove(key);
        }
        else
        {
            counts[key] = count;
        }
    }
}
