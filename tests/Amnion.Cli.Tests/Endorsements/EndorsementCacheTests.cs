using System.Text;
using Amnion.Cli.EndorsementCollection;

namespace Amnion.Cli.Tests.EndorsementCollection;

/// <summary>The cache on disk: what is in it is what was put in, and it does not grow without end.</summary>
public sealed class EndorsementCacheTests : IDisposable
{
    static readonly Uri s_source = new("https://example.com/a");

    readonly string _folder = Directory.CreateTempSubdirectory("amnion-cache-").FullName;
    readonly HastyClock _clock = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    EndorsementCache Cache => new(_folder, _clock);

    [Fact]
    public void What_was_stored_is_found_with_its_origin()
    {
        var stored = Cache.Store("key", s_source, "content"u8);
        var found = Cache.Find("key", out var damaged)!;
        Assert.False(damaged);
        Assert.Equal((s_source.AbsoluteUri, _clock.Now, "content"), (found.Source, found.FetchedAt, Encoding.ASCII.GetString(found.Content.Span)));
        Assert.Equal(stored.Path, found.Path);
        Assert.Equal(found.Digest + ".bin", Path.GetFileName(found.Path));
        Assert.Null(Cache.Find("other", out damaged));
        Assert.False(damaged);
    }

    [Fact]
    public void A_later_answer_replaces_an_earlier_one()
    {
        _ = Cache.Store("key", s_source, "one"u8);
        _ = Cache.Store("key", s_source, "two"u8);
        Assert.Equal("two", Encoding.ASCII.GetString(Cache.Find("key", out _)!.Content.Span));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("""{"format":"amnion/endorsement-cache/1","entries":[{"key":"key","source":"x","sha256":"../../../../etc/passwd","length":1,"fetched_at":1}]}""")]
    [InlineData("""{"format":"amnion/endorsement-cache/1","entries":[{"key":"key","source":"x","sha256":"0000000000000000000000000000000000000000000000000000000000000000","length":-1,"fetched_at":1}]}""")]
    [InlineData("""{"format":"amnion/endorsement-cache/2","entries":[]}""")]
    public void A_damaged_index_counts_as_none_and_is_written_anew(string index)
    {
        _ = Cache.Store("key", s_source, "content"u8);
        File.WriteAllText(Path.Combine(_folder, "index.json"), index);
        Assert.Null(Cache.Find("key", out var damaged));
        Assert.True(damaged);
        _ = Cache.Store("key", s_source, "content"u8);
        Assert.NotNull(Cache.Find("key", out damaged));
        Assert.False(damaged);
    }

    [Fact]
    public void A_file_that_is_gone_is_noticed()
    {
        File.Delete(Cache.Store("key", s_source, "content"u8).Path);
        Assert.Null(Cache.Find("key", out var damaged));
        Assert.True(damaged);
    }

    [Fact]
    public void The_oldest_go_when_there_are_too_many_bytes()
    {
        var content = new byte[EndorsementFiles.MaxFileLength];
        var most = (int)(EndorsementCache.MaxBytes / content.Length);
        for (var i = 0; i <= most; i++)
        {
            content[0] = (byte)i;
            _clock.Now += TimeSpan.FromMinutes(1);
            _ = Cache.Store($"key {i}", s_source, content);
        }

        Assert.Null(Cache.Find("key 0", out var damaged));
        Assert.False(damaged);
        Assert.NotNull(Cache.Find("key 1", out _));
        Assert.NotNull(Cache.Find($"key {most}", out _));
        Assert.Equal(most, Directory.EnumerateFiles(_folder, "*.bin").Count());
    }

    [Fact]
    public void Content_that_two_keys_share_stays_while_one_of_them_does()
    {
        _ = Cache.Store("a", s_source, "same"u8);
        _ = Cache.Store("b", s_source, "same"u8);
        Assert.Single(Directory.EnumerateFiles(_folder, "*.bin"));
        Assert.NotNull(Cache.Find("a", out _));
        Assert.NotNull(Cache.Find("b", out _));
    }
}
