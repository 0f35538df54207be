using Amnion.Guard.Fields;
using Amnion.Guard.Tokens;

namespace Amnion.Guard.Tests.Tokens;

public sealed class TokenTests
{
    static readonly byte[] s_bytes = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    [Fact]
    public void A_deterministic_token_is_the_same_for_the_same_value_and_opens_again()
    {
        using var key = new TenantKey(s_bytes, "acme");
        using var tokens = new DeterministicTokens(key);
        var token = tokens.Create("email", "ann@example.com");
        Assert.Equal(token, tokens.Create("email", "ann@example.com"));
        Assert.NotEqual(token, tokens.Create("email", "ann@example.org"));
        Assert.NotEqual(token, tokens.Create("name", "ann@example.com"));
        Assert.True(tokens.TryOpen("email", token, out var value));
        Assert.Equal("ann@example.com", value);
        Assert.False(tokens.TryOpen("name", token, out value));
        Assert.Null(value);
    }

    [Fact]
    public void A_deterministic_token_opens_for_no_other_tenant_version_or_key()
    {
        using var key = new TenantKey(s_bytes, "acme");
        using var tokens = new DeterministicTokens(key);
        var token = tokens.Create("email", "ann@example.com");
        using var again = new TenantKey(s_bytes, "acme");
        using var otherTenant = new TenantKey(s_bytes, "acme2");
        using var otherVersion = new TenantKey(s_bytes, "acme", 2);
        using var otherKey = new TenantKey(new byte[32], "acme");
        Assert.True(Opens(again));
        Assert.False(Opens(otherTenant));
        Assert.False(Opens(otherVersion));
        Assert.False(Opens(otherKey));

        bool Opens(TenantKey other)
        {
            using var others = new DeterministicTokens(other);
            return others.TryOpen("email", token, out _);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("det1.")]
    [InlineData("det1.AAAA")]
    [InlineData("det2.AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("det1.AAAAAAAAAAAAAAAAAAAAAB")]
    [InlineData("det1.AAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("det1.AAAAAAAAAA AAAAAAAAAAAA")]
    [InlineData("det1.\u00e9AAAAAAAAAAAAAAAAAAAAA")]
    public void Refuses_a_text_that_is_no_deterministic_token(string text)
    {
        using var key = new TenantKey(s_bytes, "acme");
        using var tokens = new DeterministicTokens(key);
        Assert.False(tokens.TryOpen("email", text, out _));
    }

    [Fact]
    public void Refuses_a_value_that_is_too_long_or_no_unicode()
    {
        using var key = new TenantKey(s_bytes, "acme");
        using var tokens = new DeterministicTokens(key);
        Assert.Equal(FieldCodes.UnfitToken, Assert.Throws<FieldException>(() => tokens.Create("f", new string('a', DeterministicTokens.MaxValueLength + 1))).Code);
        Assert.Equal(FieldCodes.UnfitToken, Assert.Throws<FieldException>(() => tokens.Create("f", "\ud800")).Code);
        Assert.True(tokens.TryOpen("f", tokens.Create("f", new string('a', DeterministicTokens.MaxValueLength)), out var longest));
        Assert.Equal(DeterministicTokens.MaxValueLength, longest.Length);
    }

    [Fact]
    public void A_disposed_tenant_key_gives_no_more_keys()
    {
        var key = new TenantKey(s_bytes, "acme");
        key.Dispose();
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => new DeterministicTokens(key));
        Assert.Equal("TenantKey", key.ToString());
    }

    [Theory]
    [InlineData(31)]
    [InlineData(33)]
    public void Refuses_a_tenant_key_of_another_length(int length) => Assert.Throws<ArgumentException>(() => new TenantKey(new byte[length], "acme"));

    [Fact]
    public void Names_that_share_letters_differently_bind_differently()
    {
        using var key = new TenantKey(s_bytes, "acme");
        Assert.NotEqual(key.Bind("l", "ab", "c"), key.Bind("l", "a", "bc"));
        Assert.NotEqual(key.Bind("l", "ab"), key.Bind("l", "ab", ""));
        Assert.Throws<ArgumentException>(() => key.Bind("l", "\udc00"));
        Assert.Throws<ArgumentException>(() => key.Bind("l", new string('a', TenantKey.MaxNameLength + 1)));
    }

    [Fact]
    public void A_vault_gives_random_tokens_that_only_it_opens()
    {
        using var vault = new RandomTokenVault();
        using var other = new RandomTokenVault();
        var token = vault.Create("last4", "1234");
        Assert.Equal(token, vault.Create("last4", "1234"));
        Assert.NotEqual(token, vault.Create("pin", "1234"));
        Assert.NotEqual(token, other.Create("last4", "1234"));
        Assert.StartsWith("rnd1.", token, StringComparison.Ordinal);
        Assert.Equal(27, token.Length);
        Assert.True(vault.TryOpen("last4", token, out var value));
        Assert.Equal("1234", value);
        Assert.False(vault.TryOpen("pin", token, out _));
        Assert.False(other.TryOpen("last4", token, out _));
        Assert.False(vault.TryOpen("last4", "rnd1.", out _));
    }

    [Fact]
    public void A_vault_is_bounded_and_forgets()
    {
        var vault = new RandomTokenVault(2);
        var first = vault.Create("f", "1");
        vault.Create("f", "2");
        Assert.Equal(FieldCodes.VaultFull, Assert.Throws<FieldException>(() => vault.Create("f", "3")).Code);
        Assert.Equal(first, vault.Create("f", "1"));
        Assert.Equal(2, vault.Count);
        Assert.Equal(FieldCodes.UnfitToken, Assert.Throws<FieldException>(() => vault.Create("f", new string('1', RandomTokenVault.MaxValueLength + 1))).Code);
        vault.Dispose();
        Assert.Equal(0, vault.Count);
        Assert.Throws<ObjectDisposedException>(() => vault.Create("f", "1"));
        Assert.Throws<ObjectDisposedException>(() => vault.TryOpen("f", first, out _));
    }
}
