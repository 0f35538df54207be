using System.Buffers.Binary;
using System.Net.Sockets;
using Amnion.Records.Frames;

namespace Amnion.Enclave.Tests;

public sealed class FrameServerTests
{
    [Theory]
    [InlineData(FrameType.Booted)]
    [InlineData(FrameType.Evidence)]
    [InlineData(FrameType.WrappedKey)]
    [InlineData(FrameType.WeightsData)]
    [InlineData(FrameType.WeightsEnd)]
    [InlineData(FrameType.RequestEnd)]
    [InlineData(FrameType.ResponseData)]
    [InlineData(FrameType.Done)]
    [InlineData(FrameType.Failed)]
    public async Task Refuses_frames_that_begin_no_exchange(FrameType type)
    {
        await using var enclave = await TestEnclave.BootedAsync();
        Assert.Equal(EnclaveCodes.Frame, await TestEnclave.CodeOfAsync(() => enclave.AskAsync(type, [], FrameType.Done)));
    }

    [Fact]
    public async Task Refuses_unknown_types_and_lengths_over_the_limit()
    {
        await using var enclave = await TestEnclave.BootedAsync();
        Assert.Equal(EnclaveCodes.Frame, await RawAsync(enclave, [0, 0, 0, 0, 0]));
        Assert.Equal(EnclaveCodes.Frame, await RawAsync(enclave, [99, 0, 0, 0, 1, 1]));
        Assert.Equal(EnclaveCodes.Frame, await RawAsync(enclave, [(byte)FrameType.EvidenceRequest, 0x7f, 0xff, 0xff, 0xff]));
    }

    [Theory]
    [InlineData(FrameType.WeightsFile, FrameType.RequestData)]
    [InlineData(FrameType.RequestData, FrameType.WeightsData)]
    [InlineData(FrameType.RequestData, FrameType.Boot)]
    public async Task Refuses_frames_of_another_exchange_in_the_middle_of_one(FrameType first, FrameType second)
    {
        await using var enclave = await TestEnclave.KeyedAsync();
        await using var frames = await enclave.ConnectAsync();
        await frames.WriteAsync(first, "model.gguf"u8.ToArray(), TestEnclave.Cancellation);
        await frames.WriteAsync(second, new byte[10], TestEnclave.Cancellation);
        Assert.Equal(EnclaveCodes.Frame, await TestEnclave.CodeOfAsync(async () => await frames.ExpectAsync(FrameType.Done, TestEnclave.Cancellation)));
    }

    [Fact]
    public async Task Ends_an_exchange_that_takes_too_long()
    {
        await using var enclave = await TestEnclave.BootedAsync();
        await using var idle = await enclave.ConnectAsync();
        await using var frames = await enclave.ConnectAsync();
        await frames.WriteAsync(FrameType.KeyChallenge, enclave.Challenge().ToJson(), TestEnclave.Cancellation);
        _ = await frames.ExpectAsync(FrameType.Evidence, TestEnclave.Cancellation);
        enclave.Time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(EnclaveCodes.TimeLimit, await TestEnclave.CodeOfAsync(async () => await idle.ExpectAsync(FrameType.Done, TestEnclave.Cancellation)));
        enclave.Time.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal(EnclaveCodes.TimeLimit, await TestEnclave.CodeOfAsync(async () => await frames.ExpectAsync(FrameType.Done, TestEnclave.Cancellation)));
    }

    [Fact]
    public async Task Serves_a_bounded_number_of_connections()
    {
        await using var enclave = await TestEnclave.BootedAsync();
        var open = new List<FrameStream>();
        try
        {
            string? code = null;
            while (code is null && open.Count < 2 * FrameServer.MaxConnections)
            {
                var frames = await enclave.ConnectAsync();
                open.Add(frames);
                if (open.Count > FrameServer.MaxConnections)
                {
                    code = await TestEnclave.CodeOfAsync(async () => await frames.ExpectAsync(FrameType.Done, TestEnclave.Cancellation));
                }
            }

            Assert.Equal(EnclaveCodes.Busy, code);
        }
        finally
        {
            foreach (var frames in open)
            {
                await frames.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Survives_random_bytes_and_random_frames()
    {
        var iterations = int.TryParse(Environment.GetEnvironmentVariable("AMNION_FUZZ_ITERATIONS"), out var count) ? count : 300;
        await using var enclave = await TestEnclave.KeyedAsync();
        var random = new Random(4711);
        for (var i = 0; i < iterations; i++)
        {
            var bytes = new byte[random.Next(1, 600)];
            random.NextBytes(bytes);
            if (i % 3 != 0)
            {
                bytes[0] = (byte)random.Next(0, 20);
                if (bytes.Length >= 5)
                {
                    BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), random.Next(0, bytes.Length));
                }
            }

            // A telemetry request is a request that may be answered; everything else is refused or waited for.
            if (bytes[0] is not (byte)FrameType.TelemetryRequest and not (byte)FrameType.Boot)
            {
                await using var stream = (NetworkStream)await enclave.ConnectRawAsync();
                try
                {
                    await stream.WriteAsync(bytes, TestEnclave.Cancellation);
                    stream.Socket.Shutdown(SocketShutdown.Send);
                    // To the end, so that every input is read and no more connections wait than are accepted.
                    await stream.CopyToAsync(Stream.Null, TestEnclave.Cancellation);
                }
                catch (Exception e) when (e is IOException or SocketException)
                {
                    // Closed by the enclave before everything was sent.
                }
            }
        }

        // A wrapped key was never accepted, the enclave still answers, and the true weights still load.
        Assert.Equal(EnclaveState.AwaitingWeights, enclave.Gate.State);
        _ = await enclave.EvidenceAsync(new byte[32]);
        while (true)
        {
            try
            {
                await enclave.SendFileAsync(TestModel.WeightsName, TestEnclave.Model.Sealed);
                break;
            }
            catch (FrameFailedException e) when (e.Code == EnclaveCodes.Busy)
            {
                // An abandoned exchange is about to notice.
            }
        }

        Assert.Equal(EnclaveState.Ready, enclave.Gate.State);
    }

    static async Task<string> RawAsync(TestEnclave enclave, byte[] bytes)
    {
        var stream = await enclave.ConnectRawAsync();
        await stream.WriteAsync(bytes, TestEnclave.Cancellation);
        await using var frames = new FrameStream(stream);
        return await TestEnclave.CodeOfAsync(async () => await frames.ExpectAsync(FrameType.Done, TestEnclave.Cancellation));
    }
}
