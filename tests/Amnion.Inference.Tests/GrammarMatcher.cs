using System.Text;
using Amnion.Inference.Native;

namespace Amnion.Inference.Tests;

/// <summary>Asks the engine itself whether a text follows a grammar.</summary>
static unsafe class GrammarMatcher
{
    public static bool Matches(string grammar, string text)
    {
        var vocabulary = TestEngine.InProcess.Vocabulary;
        nint sampler;
        fixed (byte* body = Encoding.UTF8.GetBytes(grammar + '\0'))
        fixed (byte* root = "root\0"u8)
        {
            sampler = Llama.CreateGrammar(vocabulary.Pointer, body, root);
        }

        Assert.True(sampler != 0, "The engine refused the grammar:\n" + grammar);
        try
        {
            foreach (var token in vocabulary.TokensOf(text, special: false))
            {
                if (!Fits(sampler, token))
                {
                    return false;
                }

                Llama.AcceptToken(sampler, token);
            }

            return Fits(sampler, vocabulary.TokensOf("<|im_end|>", special: true)[0]);
        }
        finally
        {
            Llama.FreeSampler(sampler);
        }
    }

    static bool Fits(nint sampler, int token)
    {
        var data = new TokenData { Id = token, Logit = 1 };
        var array = new TokenDataArray { Data = &data, Size = 1, Selected = -1 };
        Llama.ApplySampler(sampler, &array);
        return !float.IsNegativeInfinity(data.Logit);
    }
}
