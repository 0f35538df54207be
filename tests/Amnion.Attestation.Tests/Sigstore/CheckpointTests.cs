using Amnion.Attestation.Sigstore;

namespace Amnion.Attestation.Tests.Sigstore;

/// <summary>What is a signed tree head: C2SP tlog-checkpoint.</summary>
public sealed class CheckpointTests
{
    const string Root = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const string Line = "\u2014 log.example AAAAAAE=\n";

    [Fact]
    public void A_note_has_origin_size_root_further_lines_and_signatures()
    {
        var checkpoint = Checkpoint.Parse($"log.example\n7\n{Root}\nmore\n\n{Line}\u2014 witness.example AAAAAQE=\n", out var problem)!;
        Assert.Empty(problem);
        Assert.Equal(("log.example", 7L, 2), (checkpoint.Origin, checkpoint.Size, checkpoint.Signatures.Length));
        Assert.Equal($"log.example\n7\n{Root}\nmore\n", System.Text.Encoding.UTF8.GetString(checkpoint.Signed.Span));
        Assert.Equal(new byte[] { 0, 0, 0, 0 }, checkpoint.Signatures[0].KeyHint.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData($"log.example\n7\n{Root}\n\n")]
    [InlineData($"log.example\n7\n{Root}\n{Line}")]
    [InlineData($"\n7\n{Root}\n\n{Line}")]
    [InlineData($"log.example\n07\n{Root}\n\n{Line}")]
    [InlineData($"log.example\n-7\n{Root}\n\n{Line}")]
    [InlineData($"log.example\n7\nAAAA\n\n{Line}")]
    [InlineData($"log.example\n7\n{Root}\n\n- log.example AAAAAAE=\n")]
    [InlineData($"log.example\n7\n{Root}\n\n\u2014 log.example AAAAAA==\n")]
    [InlineData($"log.example\n7\n{Root}\n\n\u2014 log+example AAAAAAE=\n")]
    [InlineData($"log.example\n7\n{Root}\n\n\u2014  AAAAAAE=\n")]
    [InlineData($"log.example\n7\n{Root}\n\n\u2014 log.example AAAAAAE=")]
    [InlineData($"log.example\n7\n{Root}\n\n{Line}\n")]
    public void Anything_else_is_none(string note)
    {
        Assert.Null(Checkpoint.Parse(note, out var problem));
        Assert.NotEmpty(problem);
    }
}
