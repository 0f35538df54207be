using System.Text;
using Amnion.Inference.Native;

namespace Amnion.Inference.Tests;

static class VocabularyExtensions
{
    public static int[] TokensOf(this Vocabulary vocabulary, string text, bool special)
    {
        using var tokens = new TokenList();
        vocabulary.Tokenize(Encoding.UTF8.GetBytes(text), special, tokens);
        return tokens.Span.ToArray();
    }
}
