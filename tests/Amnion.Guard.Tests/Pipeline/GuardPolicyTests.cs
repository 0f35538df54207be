using System.Text;
using Amnion.Guard.Packs;
using Amnion.Records;

namespace Amnion.Guard.Tests.Pipeline;

public class GuardPolicyTests
{
    [Fact]
    public void A_policy_survives_its_own_spelling()
    {
        foreach (var policy in (GuardPolicy[])[GuardPolicy.Standard, GuardPolicy.None])
        {
            var json = policy.ToJson();
            Assert.Equal(json, GuardPolicy.Parse(json).ToJson());
        }

        Assert.NotEqual(GuardPolicy.Standard.Digest, GuardPolicy.None.Digest);
    }

    [Theory]
    [InlineData("\"mode\":\"enforce\"", "\"mode\":\"off\"")]
    [InlineData("\"score\":50", "\"score\":49")]
    [InlineData("\"user\":\"block\"", "\"user\":\"redact\"")]
    [InlineData("\"operator\":\"restore\"", "\"operator\":\"encrypt\"")]
    [InlineData("\"types\":{}", "\"types\":{\"SHOE_SIZE\":\"remove\"}")]
    [InlineData("\"pack\":\"standard\"", "\"pack\":\"other\"")]
    [InlineData("\"version\":1", "\"version\":0")]
    [InlineData("\"secrets\":\"redact\"", "\"secrets\":\"redact\",\"secret\":\"redact\"")]
    public void Refuses_what_the_format_does_not_allow(string original, string changed)
    {
        var text = Encoding.UTF8.GetString(GuardPolicy.Standard.ToJson());
        Assert.Contains(original, text, StringComparison.Ordinal);
        Assert.Throws<RecordFormatException>(() => GuardPolicy.Parse(Encoding.UTF8.GetBytes(text.Replace(original, changed, StringComparison.Ordinal))));
    }

    [Fact]
    public void The_first_route_that_fits_counts_and_no_route_is_no_pack()
    {
        var policy = GuardPolicy.Standard with
        {
            Packs = [new GuardPack { Name = "a" }, new GuardPack { Name = "b" }],
            Routes = [new GuardRoute("clinic", "/v1/embeddings", "a"), new GuardRoute("clinic", GuardRoute.Any, "b")],
        };
        Assert.Equal("a", policy.PackFor("clinic", "/v1/embeddings")!.Name);
        Assert.Equal("b", policy.PackFor("clinic", "/v1/chat/completions")!.Name);
        Assert.Null(policy.PackFor("bank", "/v1/embeddings"));
    }
}
