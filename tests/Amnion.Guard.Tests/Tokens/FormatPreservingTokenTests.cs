using Amnion.Guard.Fields;
using Amnion.Guard.Tokens;

namespace Amnion.Guard.Tests.Tokens;

public sealed class FormatPreservingTokenTests : IDisposable
{
    readonly TenantKey _key = new([.. Enumerable.Range(1, 32).Select(i => (byte)i)], "acme");

    public void Dispose() => _key.Dispose();

    [Fact]
    public void A_card_keeps_its_shape_its_first_six_and_its_check_digit()
    {
        using var tokens = new FormatPreservingTokens(_key, TokenShape.Card(CheckDigit.Preserve));
        var token = tokens.Create("card", "", "4111 1111-1111 1111");
        Assert.StartsWith("4111 11", token, StringComparison.Ordinal);
        Assert.NotEqual("4111 1111-1111 1111", token);
        Assert.Equal((' ', '-', ' '), (token[4], token[9], token[14]));
        Assert.Equal(0, LuhnOf(token));
        Assert.Equal("4111 1111-1111 1111", tokens.Restore("card", "", token));
    }

    [Theory]
    [InlineData(CheckDigit.Preserve, 0, 6)]
    [InlineData(CheckDigit.Break, 0, 6)]
    [InlineData(CheckDigit.Preserve, 4, 4)]
    [InlineData(CheckDigit.Break, 4, 4)]
    [InlineData(CheckDigit.Break, 0, 0)]
    public void Random_cards_come_back_with_the_check_digit_as_wanted(CheckDigit check, int keepLast, int keepFirst)
    {
        using var tokens = new FormatPreservingTokens(_key, TokenShape.Card(check, keepLast, keepFirst));
        var random = new Random(5);
        for (var i = 0; i < TokenFuzz.Iterations(200); i++)
        {
            var digits = new ushort[random.Next(16, 20)];
            for (var at = 0; at < digits.Length; at++)
            {
                digits[at] = (ushort)random.Next(10);
            }

            Luhn.Set(digits, digits.Length - 1, 0);
            var card = string.Concat(digits);
            var token = tokens.Create("card", "", card);
            Assert.Equal(check == CheckDigit.Preserve, LuhnOf(token) == 0);
            Assert.Equal(card[..keepFirst], token[..keepFirst]);
            Assert.Equal(card[^keepLast..], token[^keepLast..]);
            Assert.Equal(card, tokens.Restore("card", "", token));
        }
    }

    [Fact]
    public void Refuses_a_card_with_a_wrong_check_digit_and_a_token_that_is_none()
    {
        using var preserve = new FormatPreservingTokens(_key, TokenShape.Card(CheckDigit.Preserve));
        using var breaking = new FormatPreservingTokens(_key, TokenShape.Card(CheckDigit.Break));
        Assert.Equal(FieldCodes.UnfitToken, Assert.Throws<FieldException>(() => preserve.Create("card", "", "4111111111111112")).Code);
        Assert.Equal(FieldCodes.UnfitToken, Assert.Throws<FieldException>(() => breaking.Restore("card", "", "4111111111111111")).Code);
    }

    [Fact]
    public void Refuses_to_keep_so_much_of_a_card_that_fewer_than_a_million_are_left()
    {
        // Sixteen digits, ten kept and one for the check: five are left.
        using var tokens = new FormatPreservingTokens(_key, TokenShape.Card(CheckDigit.Preserve, keepLast: 4));
        Assert.Equal(FieldCodes.DomainTooSmall, Assert.Throws<FieldException>(() => tokens.Create("card", "", "4111111111111111")).Code);
    }

    [Fact]
    public void The_last_four_of_a_number_belong_in_a_vault()
    {
        using var tokens = new FormatPreservingTokens(_key, new TokenShape { Alphabet = TokenAlphabet.Digits });
        Assert.Equal(FieldCodes.DomainTooSmall, Assert.Throws<FieldException>(() => tokens.Create("last4", "", "1234")).Code);
    }

    [Fact]
    public void Field_context_tenant_and_version_change_the_token()
    {
        using var otherTenant = new TenantKey([.. Enumerable.Range(1, 32).Select(i => (byte)i)], "acme2");
        using var otherVersion = new TenantKey([.. Enumerable.Range(1, 32).Select(i => (byte)i)], "acme", 2);
        var made = new[] { (_key, "ssn", ""), (_key, "tax", ""), (_key, "ssn", "doc-1"), (otherTenant, "ssn", ""), (otherVersion, "ssn", "") }.Select(item =>
        {
            using var tokens = new FormatPreservingTokens(item.Item1, new TokenShape { Alphabet = TokenAlphabet.Digits, Separators = "-" });
            return tokens.Create(item.Item2, item.Item3, "078-05-1120");
        }).ToArray();
        Assert.Equal(5, made.Distinct().Count());
        Assert.All(made, token => Assert.Matches("^[0-9]{3}-[0-9]{2}-[0-9]{4}$", token));
    }

    [Theory]
    [InlineData("078-05-112x")]
    [InlineData("078 05 1120")]
    [InlineData("٠٧٨٠٥١١٢٠")]
    public void Refuses_a_character_of_no_alphabet(string value)
    {
        using var tokens = new FormatPreservingTokens(_key, new TokenShape { Alphabet = TokenAlphabet.Digits, Separators = "-" });
        Assert.Equal(FieldCodes.UnfitToken, Assert.Throws<FieldException>(() => tokens.Create("ssn", "", value)).Code);
    }

    [Fact]
    public void Refuses_a_shape_that_contradicts_itself_naming_every_problem()
    {
        var shape = new TokenShape { Alphabet = TokenAlphabet.LowerHex, Separators = "a", CheckDigit = CheckDigit.Preserve, KeepFirst = -1 };
        var refusal = Assert.Throws<ArgumentException>(() => new FormatPreservingTokens(_key, shape));
        Assert.Contains("separator", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("KeepFirst", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("check digit", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("aba")]
    [InlineData("a\ud83d\ude00")]
    public void Refuses_an_alphabet_with_one_character_one_twice_or_a_surrogate(string characters) => Assert.ThrowsAny<ArgumentException>(() => new TokenAlphabet(characters));

    [Fact]
    public void Values_of_random_alphabets_come_back()
    {
        var random = new Random(6);
        for (var i = 0; i < TokenFuzz.Iterations(200); i++)
        {
            var characters = new string([.. Enumerable.Range('!', 90).OrderBy(_ => random.Next()).Take(random.Next(2, 91)).Select(c => (char)c)]);
            using var tokens = new FormatPreservingTokens(_key, new TokenShape { Alphabet = new TokenAlphabet(characters), Separators = " \u00e9" });
            var value = string.Concat(Enumerable.Range(0, random.Next(20, 60)).Select(_ => characters[random.Next(characters.Length)])).Insert(random.Next(20), " ") + "\u00e9";
            var token = tokens.Create("f", "c", value);
            Assert.NotEqual(value, token);
            Assert.Equal(value.IndexOf(' ', StringComparison.Ordinal), token.IndexOf(' ', StringComparison.Ordinal));
            Assert.Equal(value, tokens.Restore("f", "c", token));
        }
    }

    static int LuhnOf(string text) => Luhn.Sum([.. text.Where(char.IsAsciiDigit).Select(c => (ushort)(c - '0'))]);
}
