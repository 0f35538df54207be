using Amnion.Inference.Native;
using Amnion.Inference.Protocol;

namespace Amnion.Inference.Worker;

/// <summary>Chooses a sequence's tokens: biases, penalties, truncation, temperature, and a grammar where there is one.</summary>
sealed unsafe class TokenSampler : IDisposable
{
    readonly nint grammar;
    nint chain;

    public TokenSampler(Vocabulary vocabulary, in SamplerSettings settings, ReadOnlySpan<NativeLogitBias> biases, ReadOnlySpan<byte> grammarText)
    {
        if (!grammarText.IsEmpty)
        {
            // Terminated by a copy: the text comes out of a frame.
            var terminated = new byte[grammarText.Length + 1];
            grammarText.CopyTo(terminated);
            fixed (byte* text = terminated)
            fixed (byte* root = "root\0"u8)
            {
                grammar = Llama.CreateGrammar(vocabulary.Pointer, text, root);
            }

            if (grammar == 0)
            {
                throw new EngineException(FailureCode.GrammarRejected);
            }
        }

        chain = Llama.CreateSamplerChain(new SamplerChainParams { NoPerformance = 1 });
        if (!biases.IsEmpty)
        {
            fixed (NativeLogitBias* first = biases)
            {
                Llama.AddSampler(chain, Llama.CreateLogitBias(vocabulary.Size, biases.Length, first));
            }
        }

        if (settings.PenaltyWindow > 0 && (settings.RepeatPenalty != 1 || settings.FrequencyPenalty != 0 || settings.PresencePenalty != 0))
        {
            Llama.AddSampler(chain, Llama.CreatePenalties(vocabulary.Size, settings.PenaltyWindow, settings.RepeatPenalty, settings.FrequencyPenalty, settings.PresencePenalty));
        }

        if (settings.Temperature == 0)
        {
            Llama.AddSampler(chain, Llama.CreateGreedy());
            return;
        }

        if (settings.TopK > 0)
        {
            Llama.AddSampler(chain, Llama.CreateTopK(settings.TopK));
        }

        if (settings.TopP < 1)
        {
            Llama.AddSampler(chain, Llama.CreateTopP(settings.TopP, 1));
        }

        if (settings.MinP > 0)
        {
            Llama.AddSampler(chain, Llama.CreateMinP(settings.MinP, 1));
        }

        Llama.AddSampler(chain, Llama.CreateTemperature(settings.Temperature));
        Llama.AddSampler(chain, Llama.CreateDistribution(settings.Seed));
    }

    /// <summary>The next token, or -1 where none can be chosen.</summary>
    public int Sample(Candidates candidates, float* logits)
    {
        var token = Choose(candidates, logits, withGrammar: false);
        // Asking the grammar about one token is far cheaper than about the whole vocabulary; most tokens fit.
        if (grammar != 0 && token >= 0 && !FitsGrammar(token))
        {
            token = Choose(candidates, logits, withGrammar: true);
            if (token >= 0 && !FitsGrammar(token))
            {
                token = -1;
            }
        }

        if (token >= 0)
        {
            if (grammar != 0)
            {
                Llama.AcceptToken(grammar, token);
            }

            Llama.AcceptToken(chain, token);
        }

        return token;
    }

    public void Dispose()
    {
        if (chain != 0)
        {
            Llama.FreeSampler(chain);
            chain = 0;
            if (grammar != 0)
            {
                Llama.FreeSampler(grammar);
            }
        }
    }

    int Choose(Candidates candidates, float* logits, bool withGrammar)
    {
        var array = candidates.Fill(logits);
        if (withGrammar)
        {
            Llama.ApplySampler(grammar, &array);
        }

        Llama.ApplySampler(chain, &array);
        return array.Selected >= 0 && (nuint)array.Selected < array.Size && array.Data[array.Selected].Logit > float.NegativeInfinity
            ? array.Data[array.Selected].Id
            : -1;
    }

    bool FitsGrammar(int token)
    {
        var single = new TokenData { Id = token, Logit = 1 };
        var array = new TokenDataArray { Data = &single, Size = 1, Selected = -1 };
        Llama.ApplySampler(grammar, &array);
        return !float.IsNegativeInfinity(single.Logit);
    }
}
