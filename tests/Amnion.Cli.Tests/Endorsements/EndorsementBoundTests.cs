using Amnion.Cli.EndorsementCollection;

namespace Amnion.Cli.Tests.EndorsementCollection;

/// <summary>One run asks for so many endorsements and no more, and says so.</summary>
public sealed class EndorsementBoundTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("amnion-endorse-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(256, null)]
    [InlineData(257, EndorsementCodes.TooMany)]
    [InlineData(1000, EndorsementCodes.TooMany)]
    public async Task What_is_not_asked_for_is_told(int count, string? code)
    {
        var clock = new HastyClock();
        var needs = Enumerable.Range(0, count).Select(index => new EndorsementNeed($"need {index}", EndorsementKind.Certificate, new Uri($"https://example.test/{index}")));
        var collected = await new EndorsementCollector(new EndorsementCache(Path.Combine(_folder, "cache"), clock), fetcher: null, clock).CollectAsync(needs, CancellationToken.None);
        Assert.Equal(Math.Min(count, 257), collected.Length);
        Assert.Equal(code ?? EndorsementCodes.Missing, collected[^1].Code);
        Assert.False(collected[^1].Had);
    }
}
