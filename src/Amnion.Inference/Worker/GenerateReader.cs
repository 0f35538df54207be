using Amnion.Inference.Native;
using Amnion.Inference.Protocol;

namespace Amnion.Inference.Worker;

/// <summary>
/// Parses requests in place: text goes from the frame to the tokenizer and is never copied to a string. The parent is
/// trusted, but its limits are held to here too.
/// </summary>
static class GenerateReader
{
    /// <summary>The id in front of a request's frame.</summary>
    public static uint ReadId(ReadOnlySpan<byte> payload) => new FrameReader(payload).UInt32("id");

    public static Sequence ReadGenerate(ReadOnlySpan<byte> payload, Vocabulary vocabulary, int sequenceTokens)
    {
        var reader = new FrameReader(payload);
        var id = reader.UInt32("id");
        var maxTokens = reader.Int32("max tokens", 1, RequestLimits.MaxTokens);
        var settings = SamplerSettings.Read(ref reader);
        var biases = new NativeLogitBias[reader.Int32("biases", 0, RequestLimits.LogitBiases)];
        for (var i = 0; i < biases.Length; i++)
        {
            biases[i] = new NativeLogitBias { Token = reader.Int32("bias token", 0, int.MaxValue), Bias = reader.Single("bias") };
            if (biases[i].Token >= vocabulary.Size)
            {
                throw new EngineException(FailureCode.RequestInvalid);
            }
        }

        var stops = new byte[reader.Int32("stops", 0, RequestLimits.Stops)][];
        for (var i = 0; i < stops.Length; i++)
        {
            stops[i] = reader.Bytes("stop", RequestLimits.StopBytes).ToArray();
        }

        var grammar = reader.Bytes("grammar", RequestLimits.GrammarBytes);
        var prompt = new TokenList();
        TokenSampler? sampler = null;
        try
        {
            ReadPieces(ref reader, vocabulary, prompt, sequenceTokens - 1);
            sampler = new TokenSampler(vocabulary, settings, biases, grammar);
            return new Sequence(id, prompt, maxTokens, sampler, new OutputFilter(stops));
        }
        catch
        {
            prompt.Dispose();
            sampler?.Dispose();
            throw;
        }
    }

    public static TokenList ReadEmbed(ReadOnlySpan<byte> payload, Vocabulary vocabulary, int maxTokens)
    {
        var reader = new FrameReader(payload);
        _ = reader.UInt32("id");
        var input = new TokenList();
        try
        {
            ReadPieces(ref reader, vocabulary, input, maxTokens);
            return input;
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }

    static void ReadPieces(ref FrameReader reader, Vocabulary vocabulary, TokenList tokens, int maxTokens)
    {
        if (vocabulary.BeginToken >= 0)
        {
            tokens.Add(vocabulary.BeginToken);
        }

        var count = reader.Int32("pieces", 1, RequestLimits.PromptPieces);
        for (var i = 0; i < count; i++)
        {
            var special = reader.Flag("special");
            var before = tokens.Count;
            vocabulary.Tokenize(reader.Bytes("piece", RequestLimits.PromptBytes), special, tokens);
            if (i == 0 && before == 1 && tokens.Count > 1 && tokens[1] == vocabulary.BeginToken)
            {
                // The template wrote the beginning itself.
                tokens.RemoveFirst();
            }

            if (tokens.Count > maxTokens)
            {
                throw new EngineException(FailureCode.PromptTooLong);
            }
        }

        reader.End();
        if (tokens.Count == 0)
        {
            throw new EngineException(FailureCode.PromptEmpty);
        }
    }
}
