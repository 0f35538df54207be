using System.Security.Cryptography;
using System.Text;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Tests;

public sealed class AppraisalCacheTests
{
    static readonly byte[] s_source = [1, 2, 3];

    [Fact]
    public void Reads_the_same_bytes_once()
    {
        var cache = new AppraisalCache();
        var first = Read(cache, "text", s_source);
        Assert.Same(first, Read(cache, "text", [1, 2, 3]));
        Assert.NotSame(first, Read(cache, "text", [1, 2, 4]));
        Assert.NotSame(first, Read(cache, "another", s_source));
        Assert.NotSame(first, Read(null, "text", s_source));
        Assert.Equal(3, cache.Count);
    }

    [Fact]
    public void A_source_changed_later_changes_nothing_that_was_remembered()
    {
        var cache = new AppraisalCache();
        byte[] source = [1, 2, 3];
        var kept = AppraisalCache.Read(cache, "bytes", source, static bytes => new Kept(bytes));
        source[0] = 9;
        Assert.Equal([1, 2, 3], kept.Bytes.ToArray());
        Assert.NotSame(kept, AppraisalCache.Read(cache, "bytes", source, static bytes => new Kept(bytes)));
    }

    [Fact]
    public void What_could_not_be_read_is_not_remembered()
    {
        var cache = new AppraisalCache();
        for (var i = 0; i < 2; i++)
        {
            Assert.Throws<FormatException>(() => AppraisalCache.Read<string>(cache, "text", s_source, _ => throw new FormatException()));
        }

        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void A_full_cache_starts_again_and_never_holds_more_than_its_capacity()
    {
        var cache = new AppraisalCache(10_000);
        for (byte i = 0; i < 100; i++)
        {
            Read(cache, "text", [i]);
            Assert.InRange(cache.Count, 1, 10_000 / 2048);
        }
    }

    [Fact]
    public void What_takes_more_than_its_source_is_counted_by_what_it_takes()
    {
        var cache = new AppraisalCache(10_000);
        AppraisalCache.Read(cache, "text", s_source, static _ => "kept", static _ => 5_000);
        Assert.Equal(1, cache.Count);
        AppraisalCache.Read(cache, "another", s_source, static _ => "starts again", static _ => 5_000);
        Assert.Equal(1, cache.Count);
        AppraisalCache.Read(cache, "third", s_source, static _ => "too much", static _ => 10_000);
        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public void A_source_longer_than_the_capacity_is_read_and_not_kept()
    {
        var cache = new AppraisalCache(4096);
        Assert.NotNull(Read(cache, "text", new byte[4096]));
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void A_verified_signature_counts_for_its_issuer_only()
    {
        var root = TestAuthority.Root(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        var other = TestAuthority.Root(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        var leaf = root.Issue(ECDsa.Create(ECCurve.NamedCurves.nistP256), "leaf", TestAuthority.Leaf);
        var cache = new AppraisalCache();
        var certificate = Certificate.Parse(leaf.Der, cache);
        for (var i = 0; i < 2; i++)
        {
            Assert.False(certificate.IsSignedBy(other.Certificate));
            Assert.True(certificate.IsSignedBy(root.Certificate));
        }

        byte[] altered = [.. leaf.Der];
        altered[^1] ^= 1;
        Assert.False(Certificate.Parse(altered, cache).IsSignedBy(root.Certificate));
        Assert.Same(certificate, Certificate.Parse(leaf.Der.ToArray(), cache));
    }

    static string Read(AppraisalCache? cache, string kind, byte[] source) => AppraisalCache.Read(cache, kind, source, static bytes => Encoding.Latin1.GetString(bytes.Span));

    sealed record Kept(ReadOnlyMemory<byte> Bytes);
}
