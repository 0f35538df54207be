using System.Diagnostics;
using Amnion.Records.Frames;

namespace Amnion.Enclave.Tests;

public sealed class PerformanceTests
{
    /// <summary>
    /// Explicit, since it needs the processor for itself. Every token comes alone, so each is one event, one chunk and one frame: the most
    /// expensive case. The figure includes the host's reading of the frames and the fake engine.
    /// </summary>
    [Fact(Explicit = true)]
    public async Task A_streamed_token_costs_at_most_fifty_microseconds_of_processor_time()
    {
        const int Tokens = 20_000;
        await using var enclave = await TestEnclave.ReadyAsync();
        enclave.Engine.Script = _ => Enumerable.Repeat(" token", Tokens);
        var caller = await SealedCaller.CreateAsync(enclave);
        var chunks = 0;
        var used = TimeSpan.Zero;
        for (var round = 0; round < 3; round++)
        {
            var (request, opener) = caller.Seal(SealedCaller.Post("/v1/chat/completions", """{"model":"clinic","stream":true,"messages":[{"role":"user","content":"Hi"}]}""").Encode());
            opener.Dispose();
            await using var frames = await enclave.ConnectAsync();
            await SealedCaller.SendFramesAsync(frames, request);
            chunks = 0;
            var before = Process.GetCurrentProcess().TotalProcessorTime;
            while (await frames.ReadAsync(TestEnclave.Cancellation) is { Type: FrameType.ResponseData })
            {
                chunks++;
            }

            used = Process.GetCurrentProcess().TotalProcessorTime - before;
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{used.TotalMicroseconds / Tokens:0.0} µs per token, {chunks} chunks of {Tokens} tokens");
        Assert.InRange(used.TotalMicroseconds / Tokens, 0, 50);
    }
}
