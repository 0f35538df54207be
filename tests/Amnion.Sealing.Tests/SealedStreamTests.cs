using System.Security.Cryptography;

namespace Amnion.Sealing.Tests;

public sealed class SealedStreamTests : IDisposable
{
    const int First = SealedStreamFormat.FirstSegmentPlaintext;
    const int Whole = SealedStreamFormat.SegmentPlaintext;

    static readonly byte[] s_associatedData = "amnion/weights manifest path length"u8.ToArray();
    readonly SecretBytes _key = SecretBytes.Random(32);

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(First - 1)]
    [InlineData(First)]
    [InlineData(First + 1)]
    [InlineData(First + Whole)]
    [InlineData(First + Whole + 1)]
    [InlineData(First + (2 * Whole) + 77)]
    public void Streams_agree_with_an_independent_implementation_both_ways(int length)
    {
        var plaintext = RandomNumberGenerator.GetBytes(length);
        var stream = Seal(plaintext);
        Assert.Equal(SealedStreamFormat.CiphertextLength(length), stream.Length);
        Assert.Equal(length, SealedStreamFormat.PlaintextLength(stream.Length));
        Assert.Equal(plaintext, StraightStream.Open(KeyBytes(), s_associatedData, stream));

        var theirs = StraightStream.Seal(KeyBytes(), s_associatedData, stream[1..33], stream[33..40], plaintext);
        Assert.Equal(theirs, stream);
        Assert.Equal(plaintext, Open(theirs));
    }

    /// <summary>Fixed key, salt and prefix, computed by a third implementation (Python's HMAC, a hand-written GHASH and openssl's AES-ECB).</summary>
    [Fact]
    public void A_fixed_stream_stays_what_it_is()
    {
        byte[] key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        byte[] salt = [.. Enumerable.Range(0, 32).Select(i => (byte)(0x80 + i))];
        byte[] prefix = [.. Enumerable.Range(0, 7).Select(i => (byte)(0xF0 + i))];
        var stream = Convert.FromHexString(GoldenStream);
        Assert.Equal(stream, StraightStream.Seal(key, "aad"u8.ToArray(), salt, prefix, "sealed stream"u8.ToArray()));
        using var secret = SecretBytes.CopyOf(key);
        using var opener = SealedStreamOpener.Create(secret, "aad"u8, stream.AsSpan(0, 40));
        var opened = new byte[13];
        Assert.True(opener.TryOpenSegment(0, last: true, stream.AsSpan(40), opened));
        Assert.Equal("sealed stream"u8, opened);
        Assert.Equal(GoldenCommitment, Convert.ToHexStringLower(KeyCommitment.Compute(secret)));
    }

    [Fact]
    public void Every_flipped_bit_of_a_short_stream_is_refused_and_leaves_zeros()
    {
        var stream = Seal("short secret"u8.ToArray());
        for (var bit = 0; bit < stream.Length * 8; bit++)
        {
            stream[bit / 8] ^= (byte)(1 << (bit % 8));
            if (bit < 8)
            {
                Assert.Equal(SealingCodes.StreamMalformed, Assert.Throws<SealedStreamFormatException>(() => Open(stream)).Code);
            }
            else
            {
                using var opener = SealedStreamOpener.Create(_key, s_associatedData, stream.AsSpan(0, 40));
                var opened = new byte[stream.Length - 56];
                opened.AsSpan().Fill(0xEE);
                Assert.False(opener.TryOpenSegment(0, last: true, stream.AsSpan(40), opened));
                Assert.Equal(new byte[opened.Length], opened);
            }

            stream[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Equal("short secret"u8, Open(stream));
    }

    [Fact]
    public void Truncation_at_every_byte_of_a_short_stream_is_refused()
    {
        var stream = Seal("short secret"u8.ToArray());
        for (var length = 0; length < stream.Length; length++)
        {
            AssertRefused(stream.AsSpan(0, length).ToArray());
        }

        AssertRefused([.. stream, 0]);
    }

    [Fact]
    public void Segments_moved_dropped_repeated_or_misnamed_are_refused()
    {
        var plaintext = RandomNumberGenerator.GetBytes(First + (2 * Whole) + 5);
        var stream = Seal(plaintext);
        var segments = Enumerable.Range(0, 4).Select(i => stream[(int)SealedStreamFormat.CiphertextOffset((uint)i)..Math.Min(stream.Length, (i + 1) << 20)]).ToArray();
        Assert.Equal(plaintext, Open(stream));
        AssertRefused([.. stream[..40], .. segments[0], .. segments[2], .. segments[1], .. segments[3]]);
        AssertRefused([.. stream[..40], .. segments[0], .. segments[1], .. segments[3]]);
        AssertRefused([.. stream[..40], .. segments[0], .. segments[1], .. segments[1], .. segments[2], .. segments[3]]);

        // Cut at a segment's border: what was in the middle is now called the last.
        AssertRefused(stream[..(3 << 20)]);
        AssertRefused(stream[..(1 << 20)]);

        using var opener = SealedStreamOpener.Create(_key, s_associatedData, stream.AsSpan(0, 40));
        var buffer = new byte[Whole];
        Assert.True(opener.TryOpenSegment(2, last: false, segments[2], buffer));
        Assert.Equal(plaintext.AsSpan((int)SealedStreamFormat.PlaintextOffset(2), Whole).ToArray(), buffer);
        Assert.False(opener.TryOpenSegment(2, last: true, segments[2], buffer));
        Assert.Equal(new byte[Whole], buffer);
        Assert.False(opener.TryOpenSegment(1, last: false, segments[2], buffer));
        Assert.False(opener.TryOpenSegment(3, last: false, segments[3], new byte[5]));
        Assert.True(opener.TryOpenSegment(3, last: true, segments[3], new byte[5]));
    }

    [Fact]
    public void Segments_of_another_stream_key_or_purpose_are_refused()
    {
        var one = Seal("the same text"u8.ToArray());
        var two = Seal("the same text"u8.ToArray());
        AssertRefused([.. one[..40], .. two[40..]]);
        using var otherKey = SecretBytes.Random(32);
        using var byKey = SealedStreamOpener.Create(otherKey, s_associatedData, one.AsSpan(0, 40));
        Assert.False(byKey.TryOpenSegment(0, true, one.AsSpan(40), new byte[13]));
        using var byPurpose = SealedStreamOpener.Create(_key, "another path"u8, one.AsSpan(0, 40));
        Assert.False(byPurpose.TryOpenSegment(0, true, one.AsSpan(40), new byte[13]));
    }

    [Fact]
    public void Opening_and_sealing_work_in_place()
    {
        var plaintext = RandomNumberGenerator.GetBytes(First);
        var buffer = new byte[SealedStreamFormat.FirstSegmentLength];
        plaintext.CopyTo(buffer, 0);
        using var sealer = SealedStreamSealer.Create(_key, s_associatedData);
        sealer.SealSegment(0, last: true, buffer.AsSpan(0, First), buffer);
        using var opener = SealedStreamOpener.Create(_key, s_associatedData, sealer.Header);
        Assert.True(opener.TryOpenSegment(0, last: true, buffer, buffer.AsSpan(0, First)));
        Assert.Equal(plaintext, buffer.AsSpan(0, First));
        Assert.False(opener.TryOpenSegment(0, last: true, buffer, buffer.AsSpan(0, First)));
        Assert.Equal(new byte[First], buffer.AsSpan(0, First));
    }

    [Fact]
    public void Many_threads_open_segments_at_once()
    {
        var plaintext = RandomNumberGenerator.GetBytes(First + (6 * Whole));
        var stream = Seal(plaintext);
        using var opener = SealedStreamOpener.Create(_key, s_associatedData, stream.AsSpan(0, 40));
        var opened = new byte[plaintext.Length];
        Parallel.For(0, 7, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            var start = (int)SealedStreamFormat.CiphertextOffset((uint)i);
            var destination = opened.AsSpan((int)SealedStreamFormat.PlaintextOffset((uint)i), SealedStreamFormat.SegmentPlaintextLength((uint)i, plaintext.Length));
            Assert.True(opener.TryOpenSegment((uint)i, i == 6, stream.AsSpan(start, destination.Length + 16), destination));
        });
        Assert.Equal(plaintext, opened);
    }

    [Fact]
    public void A_sealer_seals_each_number_once_and_in_order()
    {
        using var sealer = SealedStreamSealer.Create(_key, []);
        var buffer = new byte[SealedStreamFormat.SegmentLength];
        Assert.Throws<InvalidOperationException>(() => sealer.SealSegment(1, false, new byte[Whole], buffer));
        Assert.Throws<ArgumentException>(() => sealer.SealSegment(0, false, new byte[First - 1], buffer));
        Assert.Throws<ArgumentException>(() => sealer.SealSegment(0, true, new byte[First + 1], buffer));
        Assert.Throws<ArgumentOutOfRangeException>(() => sealer.SealSegment(0, true, new byte[8], buffer.AsSpan(0, 23)));
        Assert.Equal(First + 16, sealer.SealSegment(0, false, new byte[First], buffer));
        Assert.Throws<InvalidOperationException>(() => sealer.SealSegment(0, false, new byte[First], buffer));
        Assert.Throws<ArgumentException>(() => sealer.SealSegment(1, true, [], buffer));
        sealer.SealSegment(1, true, new byte[1], buffer);
        Assert.Throws<InvalidOperationException>(() => sealer.SealSegment(2, true, new byte[1], buffer));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(55)]
    [InlineData((1 << 20) + 1)]
    [InlineData((1 << 20) + 16)]
    [InlineData((5L << 20) + 16)]
    [InlineData(long.MaxValue)]
    public void Lengths_that_no_stream_has_are_refused(long length) =>
        Assert.Equal(SealingCodes.StreamMalformed, Assert.Throws<SealedStreamFormatException>(() => SealedStreamFormat.PlaintextLength(length)).Code);

    [Theory]
    [InlineData(0, 1, 56)]
    [InlineData(First, 1, 1 << 20)]
    [InlineData(First + 1, 2, (1 << 20) + 17)]
    [InlineData(First + Whole, 2, 2 << 20)]
    [InlineData(SealedStreamFormat.MaxPlaintextLength, uint.MaxValue, (long)uint.MaxValue << 20)]
    public void Segment_arithmetic_is_exact_at_the_borders(long plaintext, uint segments, long ciphertext)
    {
        Assert.Equal(segments, SealedStreamFormat.SegmentCount(plaintext));
        Assert.Equal(ciphertext, SealedStreamFormat.CiphertextLength(plaintext));
        Assert.Equal(plaintext, SealedStreamFormat.PlaintextLength(ciphertext));
        if (plaintext > 0)
        {
            Assert.Equal(segments - 1, SealedStreamFormat.SegmentOf(plaintext - 1));
        }

        long sum = 0;
        foreach (var index in new[] { 0u, segments - 1 }.Distinct())
        {
            sum = SealedStreamFormat.PlaintextOffset(index) + SealedStreamFormat.SegmentPlaintextLength(index, plaintext);
        }

        Assert.Equal(plaintext, sum);
        Assert.Throws<ArgumentOutOfRangeException>(() => SealedStreamFormat.SegmentPlaintextLength(segments, plaintext));
    }

    [Fact]
    public void Wrong_headers_keys_and_destinations_are_refused()
    {
        var stream = Seal("x"u8.ToArray());
        Assert.Throws<SealedStreamFormatException>(() => SealedStreamOpener.Create(_key, [], stream.AsSpan(0, 39)));
        using var shortKey = SecretBytes.Random(16);
        Assert.Throws<ArgumentException>(() => SealedStreamOpener.Create(shortKey, [], stream.AsSpan(0, 40)));
        Assert.Throws<ArgumentException>(() => SealedStreamSealer.Create(shortKey, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => SealedStreamSealer.Create(_key, new byte[SealedStreamFormat.MaxAssociatedData + 1]));
        var opener = SealedStreamOpener.Create(_key, s_associatedData, stream.AsSpan(0, 40));
        Assert.Throws<ArgumentException>(() => opener.TryOpenSegment(0, true, stream.AsSpan(40), new byte[2]));
        Assert.False(opener.TryOpenSegment(0, true, new byte[15], []));
        Assert.False(opener.TryOpenSegment(uint.MaxValue, true, stream.AsSpan(40), new byte[1]));
        opener.Dispose();
        Assert.Throws<ObjectDisposedException>(() => opener.TryOpenSegment(0, true, stream.AsSpan(40), new byte[1]));
    }

    [Fact]
    public void A_commitment_matches_its_key_only()
    {
        using var other = SecretBytes.Random(32);
        var commitment = KeyCommitment.Compute(_key);
        Assert.Equal(HMACSHA256.HashData(HMACSHA256.HashData(new byte[32], KeyBytes()), (byte[])[.. "amnion/commit"u8, 1]), commitment);
        Assert.True(KeyCommitment.Matches(_key, commitment));
        Assert.False(KeyCommitment.Matches(other, commitment));
        Assert.False(KeyCommitment.Matches(_key, commitment.AsSpan(1)));
        Assert.False(KeyCommitment.Matches(_key, []));
        for (var bit = 0; bit < 256; bit++)
        {
            commitment[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(KeyCommitment.Matches(_key, commitment));
            commitment[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Mutated_streams_are_refused()
    {
        var random = new Random(65537);
        var stream = Seal("short secret"u8.ToArray());
        for (var i = 0; i < Vectors.FuzzIterations(1000); i++)
        {
            var mutated = Mutation.Of(stream, random);
            if (!mutated.AsSpan().SequenceEqual(stream))
            {
                AssertRefused(mutated);
            }
        }
    }

    const string GoldenStream = "28808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9ff0f1f2f3f4f5f6899ee4a155c356eee8955276b0a18c9b8fc7c32143589314a0dedb0d1e";
    const string GoldenCommitment = "aef7cab96c964bc589035441f7e90fc4d2b5624ff1083aa61440de53144d9744";

    byte[] KeyBytes() => _key.Reveal(SecretAccess.Comparison).ToArray();

    byte[] Seal(byte[] plaintext)
    {
        using var sealer = SealedStreamSealer.Create(_key, s_associatedData);
        var stream = new byte[SealedStreamFormat.CiphertextLength(plaintext.Length)];
        sealer.Header.CopyTo(stream);
        var segments = SealedStreamFormat.SegmentCount(plaintext.Length);
        for (var i = 0u; i < segments; i++)
        {
            var part = plaintext.AsSpan((int)SealedStreamFormat.PlaintextOffset(i), SealedStreamFormat.SegmentPlaintextLength(i, plaintext.Length));
            sealer.SealSegment(i, i == segments - 1, part, stream.AsSpan((int)SealedStreamFormat.CiphertextOffset(i)));
        }

        return stream;
    }

    /// <summary>Opens as a reader does that knows nothing but the bytes and where they end.</summary>
    byte[] Open(byte[] stream)
    {
        var plaintext = new byte[SealedStreamFormat.PlaintextLength(stream.Length)];
        using var opener = SealedStreamOpener.Create(_key, s_associatedData, stream.AsSpan(0, 40));
        var segments = SealedStreamFormat.SegmentCount(plaintext.Length);
        for (var i = 0u; i < segments; i++)
        {
            var part = plaintext.AsSpan((int)SealedStreamFormat.PlaintextOffset(i), SealedStreamFormat.SegmentPlaintextLength(i, plaintext.Length));
            if (!opener.TryOpenSegment(i, i == segments - 1, stream.AsSpan((int)SealedStreamFormat.CiphertextOffset(i), part.Length + 16), part))
            {
                Assert.Equal(new byte[part.Length], part);
                throw new SealedMessageException();
            }
        }

        return plaintext;
    }

    void AssertRefused(byte[] stream)
    {
        try
        {
            Open(stream);
        }
        catch (Exception failure) when (failure is SealedMessageException or SealedStreamFormatException)
        {
            return;
        }

        Assert.Fail("Opened although altered.");
    }
}
