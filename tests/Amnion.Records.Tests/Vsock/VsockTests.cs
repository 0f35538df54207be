using System.Diagnostics;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Amnion.Records.Frames;
using Amnion.Records.Vsock;

namespace Amnion.Records.Tests.Vsock;

[SupportedOSPlatform("linux")]
public sealed class VsockTests
{
    const int Limit = 60_000;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Frames_pass_both_ways()
    {
        var (ours, theirs) = StreamSockets.Pair();
        await using var host = new FrameStream(ours);
        await using var enclave = new FrameStream(theirs);
        var payload = RandomNumberGenerator.GetBytes(FrameLimits.WeightsData);
        var sent = Task.Run(async () => await host.WriteAsync(FrameType.WeightsData, payload, Cancellation), Cancellation);
        Assert.Equal(payload, (await enclave.ExpectAsync(FrameType.WeightsData, Cancellation)).ToArray());
        await sent;
        await enclave.WriteAsync(FrameType.Done, default, Cancellation);
        Assert.Empty((await host.ExpectAsync(FrameType.Done, Cancellation)).ToArray());
    }

    [Fact(Timeout = Limit)]
    public async Task A_writer_waits_for_a_slow_reader_and_loses_nothing()
    {
        var (ours, theirs) = StreamSockets.Pair();
        await using var writer = ours;
        await using var reader = theirs;
        var data = RandomNumberGenerator.GetBytes(8 * 1024 * 1024);
        var written = writer.WriteAsync(data, Cancellation).AsTask();
        var got = new byte[data.Length];
        await reader.ReadExactlyAsync(got.AsMemory(0, 100_000), Cancellation);
        Assert.False(written.IsCompleted);
        await reader.ReadExactlyAsync(got.AsMemory(100_000), Cancellation);
        await written;
        Assert.True(data.AsSpan().SequenceEqual(got));
    }

    [Fact(Timeout = Limit)]
    public async Task A_cancelled_read_takes_nothing()
    {
        var (ours, theirs) = StreamSockets.Pair();
        await using var a = ours;
        await using var b = theirs;
        var buffer = new byte[4];
        using var stop = new CancellationTokenSource();
        var reading = a.ReadAsync(buffer, stop.Token);
        Assert.False(reading.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.AsTask());
        await b.WriteAsync(new byte[] { 1, 2, 3, 4 }, Cancellation);
        Assert.Equal(4, await a.ReadAsync(buffer, Cancellation));
        Assert.Equal([1, 2, 3, 4], buffer);
    }

    [Fact(Timeout = Limit)]
    public async Task A_write_that_nobody_takes_can_be_cancelled()
    {
        var (ours, theirs) = StreamSockets.Pair();
        await using var a = ours;
        await using var b = theirs;
        using var stop = new CancellationTokenSource();
        var writing = a.WriteAsync(new byte[8 * 1024 * 1024], stop.Token).AsTask();
        Assert.False(writing.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => a.ReadAsync(new byte[1], new CancellationToken(true)).AsTask());
    }

    [Fact(Timeout = Limit)]
    public async Task One_side_may_end_while_the_other_still_speaks()
    {
        var (ours, theirs) = StreamSockets.Pair();
        await using var a = ours;
        await using var b = theirs;
        await a.WriteAsync(new byte[] { 7 }, Cancellation);
        a.CompleteWriting();
        var buffer = new byte[8];
        Assert.Equal(1, await b.ReadAsync(buffer, Cancellation));
        Assert.Equal(0, await b.ReadAsync(buffer, Cancellation));
        await b.WriteAsync(new byte[] { 8, 9 }, Cancellation);
        Assert.Equal(2, await a.ReadAsync(buffer, Cancellation));
        await Assert.ThrowsAsync<IOException>(() => a.WriteAsync(new byte[1], Cancellation).AsTask());
    }

    [Fact(Timeout = Limit)]
    public async Task A_peer_that_leaves_is_an_end_or_an_exception_never_a_signal()
    {
        var (ours, theirs) = StreamSockets.Pair();
        await using var a = ours;
        var reading = a.ReadAsync(new byte[8], Cancellation);
        await theirs.DisposeAsync();
        Assert.Equal(0, await reading);
        await Assert.ThrowsAsync<IOException>(() => a.WriteAsync(new byte[1], Cancellation).AsTask());

        // It leaves with something unread: the kernel calls that a reset.
        (ours, theirs) = StreamSockets.Pair();
        await using var other = ours;
        await other.WriteAsync(new byte[100], Cancellation);
        await theirs.DisposeAsync();
        await Assert.ThrowsAsync<IOException>(() => other.ReadAsync(new byte[8], Cancellation).AsTask());
    }

    [Fact(Timeout = Limit)]
    public async Task A_reset_wakes_a_writer_that_waits()
    {
        var (ours, theirs) = StreamSockets.Pair();
        await using var a = ours;
        var writing = a.WriteAsync(new byte[8 * 1024 * 1024], Cancellation).AsTask();
        Assert.False(writing.IsCompleted);
        await theirs.DisposeAsync();
        await Assert.ThrowsAsync<IOException>(() => writing);
    }

    [Fact(Timeout = Limit)]
    public async Task Disposing_wakes_whoever_waits()
    {
        var (ours, theirs) = StreamSockets.Pair();
        await using var b = theirs;
        var reading = ours.ReadAsync(new byte[1], Cancellation).AsTask();
        await ours.DisposeAsync();
        await ours.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => reading);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => ours.ReadAsync(new byte[1], Cancellation).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => ours.WriteAsync(new byte[1], Cancellation).AsTask());
        Assert.False(ours.CanRead || ours.CanWrite);

        var (listener, _) = StreamSockets.Listen(1);
        var accepting = listener.AcceptAsync(Cancellation).AsTask();
        listener.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => accepting);
    }

    [Fact(Timeout = Limit)]
    public async Task Serves_256_connections_at_once_and_leaves_no_descriptor()
    {
        const int Connections = 256;

        // The poller's own descriptor, and whatever the first use opens.
        var (first, second) = StreamSockets.Pair();
        await first.DisposeAsync();
        await second.DisposeAsync();
        var before = StreamSockets.OpenDescriptors();
        var watched = ReadinessPoller.Shared.Count;
        var (listener, address) = StreamSockets.Listen(2 * Connections);
        using (listener)
        {
            var serving = Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => EchoAsync(listener)));
            var clients = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => VsockStream.ConnectAsync(StreamSockets.Unix, address, Cancellation)));

            // All are open before the first speaks.
            await Task.WhenAll(clients.Select(AskAsync));
            await serving;
        }

        // Tests of other classes run beside this one and have a file open now and then.
        Assert.Equal(watched, ReadinessPoller.Shared.Count);
        Assert.InRange(StreamSockets.OpenDescriptors(), 0, before + (Connections / 4));
    }

    [Fact(Timeout = Limit)]
    public async Task An_accept_can_be_cancelled_and_the_next_one_works()
    {
        var (listener, address) = StreamSockets.Listen(4);
        using var closing = listener;
        using var stop = new CancellationTokenSource();
        var accepting = listener.AcceptAsync(stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting);
        await using var client = await VsockStream.ConnectAsync(StreamSockets.Unix, address, Cancellation);
        await using var server = await listener.AcceptAsync(Cancellation);
        await server.WriteAsync(new byte[] { 5 }, Cancellation);
        Assert.Equal(1, await client.ReadAsync(new byte[4], Cancellation));
    }

    [Fact(Timeout = Limit)]
    public async Task Blocking_calls_wait_too()
    {
        var (ours, theirs) = StreamSockets.Pair();
        await using var a = ours;
        await using var b = theirs;
        var data = RandomNumberGenerator.GetBytes(2 * 1024 * 1024);
        var writing = Task.Run(() => a.Write(data), Cancellation);
        var got = new byte[data.Length];
        await Task.Run(() => b.ReadExactly(got), Cancellation);
        await writing;
        Assert.True(data.AsSpan().SequenceEqual(got));
    }

    [Fact]
    public async Task Refuses_what_is_no_socket_and_a_connection_nobody_takes()
    {
        Assert.Throws<IOException>(() => VsockListener.FromDescriptor(1_000_000));
        Assert.Throws<IOException>(() => VsockStream.FromDescriptor(1_000_000));
        await Assert.ThrowsAsync<IOException>(() => VsockStream.ConnectAsync(StreamSockets.Unix, [StreamSockets.Unix, 0, 0, .. "amnion-nobody"u8], Cancellation));
    }

    [Fact]
    public void An_address_is_encoded_as_the_kernel_takes_it()
    {
        Assert.Equal("2800000028230000030000000000000000"[..32], Convert.ToHexString(VsockCalls.Encode(new VsockAddress(VsockAddress.Parent, VsockAddress.ReadyPort))));
        Assert.Equal("vsock:2:7000", new VsockAddress(VsockAddress.Host, VsockAddress.FramesPort).ToString());
    }

    [Fact(Timeout = Limit)]
    public async Task A_round_trip_needs_no_polling_delay()
    {
        var (ours, theirs) = StreamSockets.Pair();
        await using var a = ours;
        await using var b = theirs;
        var echo = Task.Run(async () =>
        {
            var buffer = new byte[1];
            while (await b.ReadAsync(buffer, Cancellation) == 1)
            {
                await b.WriteAsync(buffer, Cancellation);
            }
        }, Cancellation);
        var clock = Stopwatch.StartNew();
        var one = new byte[1];
        for (var i = 0; i < 1000; i++)
        {
            await a.WriteAsync(one, Cancellation);
            Assert.Equal(1, await a.ReadAsync(one, Cancellation));
        }

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"{clock.Elapsed}");
        a.CompleteWriting();
        await echo;
    }

    static async Task EchoAsync(VsockListener listener)
    {
        await using var connection = await listener.AcceptAsync(Cancellation);
        var buffer = new byte[4096];
        for (int read; (read = await connection.ReadAsync(buffer, Cancellation)) > 0;)
        {
            await connection.WriteAsync(buffer.AsMemory(0, read), Cancellation);
        }
    }

    static async Task AskAsync(VsockStream client)
    {
        await using (client)
        {
            var data = RandomNumberGenerator.GetBytes(20_000);
            var written = client.WriteAsync(data, Cancellation).AsTask();
            var got = new byte[data.Length];
            await client.ReadExactlyAsync(got, Cancellation);
            await written;
            Assert.Equal(data, got);
            client.CompleteWriting();
            Assert.Equal(0, await client.ReadAsync(got, Cancellation));
        }
    }
}
