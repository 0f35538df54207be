using System.Text;
using Amnion.Guard.Fields;
using Amnion.Guard.Tokens;

namespace Amnion.Guard.Tests.Tokens;

public sealed class TokenLinesTests
{
    const string Hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1efb";

    [Theory]
    [InlineData(Hex)]
    [InlineData("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1EFB\n")]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHvs=\r\n")]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHvs")]
    public void One_key_in_every_spelling_makes_the_same_tokens(string text)
    {
        using var key = TenantKeyText.Parse(Encoding.ASCII.GetBytes(text), "acme");
        using var expected = new TenantKey(Convert.FromHexString(Hex), "acme");
        var options = new TokenLinesOptions { Field = "email" };
        Assert.Equal(TokenLines.Run(expected, options, "a\nb\n"u8), TokenLines.Run(key, options, "a\nb\n"u8));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0001")]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1g")]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHvt")]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHvsA")]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhM FRYXGBkaGxwdHvs")]
    public void Refuses_a_text_that_is_no_key(string text) =>
        Assert.Equal(FieldCodes.MalformedKey, Assert.Throws<FieldFormatException>(() => TenantKeyText.Parse(Encoding.ASCII.GetBytes(text), "acme")).Code);

    [Fact]
    public void Lines_come_back_in_their_order()
    {
        using var key = TenantKeyText.Parse(Encoding.ASCII.GetBytes(Hex), "acme");
        foreach (var options in new[] { new TokenLinesOptions { Field = "f" }, new TokenLinesOptions { Field = "f", Context = "c", Shape = new TokenShape { Alphabet = TokenAlphabet.Digits, Separators = "-" } } })
        {
            var tokens = TokenLines.Run(key, options, "123-456\r\n\n654321"u8);
            Assert.Equal(3, tokens.Count(character => character == '\n'));
            Assert.Equal("123-456\n\n654321\n", TokenLines.Run(key, options with { Restore = true }, Encoding.UTF8.GetBytes(tokens)));
        }
    }

    [Fact]
    public void A_line_that_fails_is_named_and_not_shown()
    {
        using var key = TenantKeyText.Parse(Encoding.ASCII.GetBytes(Hex), "acme");
        var refusal = Assert.Throws<FieldException>(() => TokenLines.Run(key, new TokenLinesOptions { Field = "f", Shape = new TokenShape { Alphabet = TokenAlphabet.Digits } }, "123456\nsecret\n"u8));
        Assert.Equal(FieldCodes.UnfitToken, refusal.Code);
        Assert.StartsWith("Line 2: ", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(FieldCodes.TokenNotOpened, Assert.Throws<FieldException>(() => TokenLines.Run(key, new TokenLinesOptions { Field = "f", Restore = true }, "det1.x\n"u8)).Code);
        Assert.Equal(FieldCodes.MalformedDocument, Assert.Throws<FieldFormatException>(() => TokenLines.Run(key, new TokenLinesOptions { Field = "f" }, [0xff])).Code);
    }
}
