using Amnion.Attestation.Sigstore;

namespace Amnion.Attestation.Tests.Sigstore;

/// <summary>What is a timestamp response. Published tokens stand in the bundles of <see cref="SigstoreVectorTests"/>.</summary>
public sealed class TimestampTokenTests
{
    [Fact]
    public void A_granted_token_has_its_time_and_imprint()
    {
        var token = TimestampToken.Parse(TimestampTokens.Sample)!;
        Assert.Equal(TestSigstore.Signed, token.Time);
        Assert.Equal(32, token.Imprint.Length);
        Assert.Equal([SigstoreOids.MessageDigest], token.Attributes.Keys);
    }

    [Fact]
    public void A_refused_request_is_no_token() => Assert.Null(TimestampToken.Parse(TimestampTokens.Make(2)));

    [Fact]
    public void Truncated_or_followed_by_something_it_is_no_token()
    {
        Assert.All(Enumerable.Range(0, TimestampTokens.Sample.Length), length => Assert.Null(TimestampToken.Parse(TimestampTokens.Sample.AsMemory(0, length))));
        Assert.Null(TimestampToken.Parse((byte[])[.. TimestampTokens.Sample, 0]));
    }
}
