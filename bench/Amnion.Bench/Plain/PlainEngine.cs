using System.Diagnostics;
using System.Text;
using Amnion.Inference.Native;
using Amnion.Inference.Worker;
using Amnion.Models.Chat;

namespace Amnion.Bench.Plain;

/// <summary>
/// The engine with nothing around it: the same binding, the same sampler and context sizes as the enclave's worker, and a loop
/// that evaluates a batch, samples, and turns tokens into bytes. No process boundary, no limits, no sealing.
/// </summary>
sealed unsafe class PlainEngine(LlamaModel model, LlamaContext context, int sequences, int batchTokens) : IDisposable
{
    readonly NativeBatch _batch = new(batchTokens);
    readonly Candidates _candidates = new(model.Vocabulary);
    readonly byte[] _piece = new byte[4096];

    /// <summary>Answers a question in several streams at once, each of them several times over.</summary>
    public PlainResult Run(int streams, int repeats, string question, int maxTokens)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(streams, sequences);
        using var prompt = Tokenize(question);
        var cpu = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        var first = TimeSpan.Zero;
        var tokens = 0;
        var bytes = 0L;
        List<PlainStream> running = [.. Enumerable.Range(0, streams).Select(slot => new PlainStream(slot, repeats, NewSampler()))];
        while (running.Count > 0)
        {
            Fill(running, prompt);
            if (context.Decode(_batch.Value) != 0)
            {
                throw new BenchException("the engine could not evaluate a batch");
            }

            for (var i = running.Count - 1; i >= 0; i--)
            {
                var stream = running[i];
                if (stream.Output < 0)
                {
                    continue;
                }

                var token = stream.Sampler.Sample(_candidates, context.GetLogits(stream.Output));
                tokens++;
                stream.Generated++;
                if (tokens == 1)
                {
                    first = Stopwatch.GetElapsedTime(started);
                }

                bytes += model.Vocabulary.GetBytes(token, _piece);
                stream.Next = token;
                if (model.Vocabulary.EndsGeneration(token) || stream.Generated >= maxTokens)
                {
                    End(running, i);
                }
            }
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        cpu = Environment.CpuUsage.TotalTime - cpu;
        context.Wipe();
        return new PlainResult(tokens, bytes, first, elapsed, cpu);
    }

    public void Dispose()
    {
        _batch.Dispose();
        _candidates.Dispose();
        context.Dispose();
        model.Dispose();
    }

    void Fill(List<PlainStream> running, TokenList prompt)
    {
        _batch.Clear();
        foreach (var stream in running)
        {
            stream.Output = -1;
            if (stream.Position >= prompt.Count)
            {
                stream.Output = _batch.Add(stream.Next, stream.Position++, stream.Slot, output: true);
            }
        }

        foreach (var stream in running)
        {
            while (stream.Position < prompt.Count && _batch.Free > 0)
            {
                var last = stream.Position == prompt.Count - 1;
                var at = _batch.Add(prompt[stream.Position], stream.Position, stream.Slot, last);
                stream.Position++;
                if (last)
                {
                    stream.Output = at;
                }
            }
        }
    }

    void End(List<PlainStream> running, int index)
    {
        var stream = running[index];
        stream.Sampler.Dispose();
        context.Remove(stream.Slot);
        if (--stream.Repeats == 0)
        {
            running.RemoveAt(index);
        }
        else
        {
            running[index] = new PlainStream(stream.Slot, stream.Repeats, NewSampler());
        }
    }

    TokenSampler NewSampler() => new(model.Vocabulary, new SamplerSettings(0, 1, 0, 0, 0, 1, 0, 0, 0), [], []);

    TokenList Tokenize(string question)
    {
        var tokens = new TokenList();
        if (model.Vocabulary.BeginToken >= 0)
        {
            tokens.Add(model.Vocabulary.BeginToken);
        }

        foreach (var piece in ChatTemplate.ChatMl.Render([new ChatTurn(ChatRole.User, question)], addGenerationPrompt: true))
        {
            model.Vocabulary.Tokenize(Encoding.UTF8.GetBytes(piece.Text), piece.Special, tokens);
        }

        return tokens;
    }
}
