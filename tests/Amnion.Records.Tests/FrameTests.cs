using Amnion.Records.Frames;

namespace Amnion.Records.Tests;

public sealed class FrameTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Frames_arrive_as_they_were_written()
    {
        var buffer = new MemoryStream();
        var writer = new FrameStream(buffer);
        await writer.WriteAsync(FrameType.RequestData, new byte[] { 1, 2, 3 }, Cancellation);
        await writer.WriteAsync(FrameType.RequestEnd, default, Cancellation);
        var reader = new FrameStream(new MemoryStream(buffer.ToArray()));
        Assert.Equal([1, 2, 3], (await reader.ExpectAsync(FrameType.RequestData, Cancellation)).ToArray());
        Assert.Empty((await reader.ExpectAsync(FrameType.RequestEnd, Cancellation)).ToArray());
        Assert.Null(await reader.ReadAsync(Cancellation));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4096)]
    [InlineData(int.MaxValue)]
    public async Task Frames_arrive_however_the_connection_cuts_them(int atOnce)
    {
        var buffer = new MemoryStream();
        var writer = new FrameStream(buffer);
        // Around the size that is read at once, and far over it; small ones before and after.
        int[] sizes = [0, 5, 4090, 4091, 4092, 1, 8192, 60_000, 0, 7, 4096, 3];
        foreach (var size in sizes)
        {
            await writer.WriteAsync(FrameType.RequestData, Enumerable.Range(size, size).Select(i => (byte)i).ToArray(), Cancellation);
        }

        await using var reader = new FrameStream(new CutStream(buffer.ToArray(), atOnce));

        foreach (var size in sizes)
        {
            var payload = await reader.ExpectAsync(FrameType.RequestData, Cancellation);
            Assert.Equal(Enumerable.Range(size, size).Select(i => (byte)i), payload.ToArray());
        }

        Assert.Null(await reader.ReadAsync(Cancellation));
    }

    [Fact]
    public async Task A_payload_over_its_types_limit_is_refused_before_it_is_read()
    {
        foreach (var type in Enum.GetValues<FrameType>())
        {
            byte[] header = [(byte)type, 0x7f, 0xff, 0xff, 0xff];
            await Assert.ThrowsAsync<FrameFormatException>(async () => await new FrameStream(new MemoryStream(header)).ReadAsync(Cancellation));
            Assert.True(FrameLimits.Of(type) >= 0);
        }
    }

    [Fact]
    public async Task An_unknown_type_and_a_cut_frame_are_refused()
    {
        await Assert.ThrowsAsync<FrameFormatException>(async () => await new FrameStream(new MemoryStream([99, 0, 0, 0, 0])).ReadAsync(Cancellation));
        await Assert.ThrowsAsync<FrameFormatException>(async () => await new FrameStream(new MemoryStream([11, 0, 0])).ReadAsync(Cancellation));
        await Assert.ThrowsAsync<FrameFormatException>(async () => await new FrameStream(new MemoryStream([11, 0, 0, 0, 4, 1])).ReadAsync(Cancellation));
    }

    [Fact]
    public async Task A_refusal_carries_a_code_and_nothing_else()
    {
        var buffer = new MemoryStream();
        await new FrameStream(buffer).FailAsync("AMN-ENC-0007", Cancellation);
        var reader = new FrameStream(new MemoryStream(buffer.ToArray()));
        Assert.Equal("AMN-ENC-0007", (await Assert.ThrowsAsync<FrameFailedException>(async () => await reader.ExpectAsync(FrameType.Done, Cancellation))).Code);
        Assert.Equal("AMN-ENC-0000", new FrameFailedException("some text <b>").Code);
    }
}
