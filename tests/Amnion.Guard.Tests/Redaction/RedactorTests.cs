using Amnion.Guard.Pii;
using Amnion.Guard.Pii.Profiles;
using Amnion.Guard.Redaction;

namespace Amnion.Guard.Tests.Redaction;

public class RedactorTests
{
    [Fact]
    public void Each_operator_writes_what_it_says()
    {
        Assert.Equal("card [CREDIT_CARD] ok", Redact(new RedactionOperator.Remove(), "card 4012888888881881 ok"));
        Assert.Equal("card ****-****-****-1881 ok", Redact(new RedactionOperator.Mask(4), "card 4012-8888-8888-1881 ok"));
        Assert.Equal("card ****************", Redact(new RedactionOperator.Mask(0), "card 4012888888881881"));
        Assert.Equal("card 4012888888881881", Redact(new RedactionOperator.Keep(), "card 4012888888881881"));
        Assert.Equal("host 192.168.10.0/24 up", Redact(new RedactionOperator.Generalise(), "host 192.168.10.20 up"));
        Assert.Equal("card tok:16", Redact(new RedactionOperator.Token(), "card 4012888888881881"));
    }

    [Fact]
    public void A_kept_value_is_reported_all_the_same()
    {
        var kept = new Redactor(new PiiScanner(), new RedactionPolicy { Default = new RedactionOperator.Keep() }).Redact("card 4012888888881881");
        Assert.Equal(("AMN-GUARD-0202", "pii.credit-card", new TextSpan(5, 16)), (kept.Findings[0].Code, kept.Findings[0].Rule, kept.Findings[0].Span));
    }

    [Fact]
    public void A_hash_is_the_tenants_own_and_the_types_own()
    {
        using var pepper = new TenantPepper(new byte[32]);
        using var other = new TenantPepper([.. Enumerable.Repeat((byte)1, 32)]);
        var policy = new RedactionPolicy { Default = new RedactionOperator.Hash() };
        var first = new Redactor(new PiiScanner(), policy, pepper).Redact("card 4012888888881881").Text;
        Assert.Matches("^card \\[CREDIT_CARD:[0-9a-f]{32}\\]$", first);
        Assert.Equal(first, new Redactor(new PiiScanner(), policy, pepper).Redact("card 4012888888881881").Text);
        Assert.NotEqual(first, new Redactor(new PiiScanner(), policy, other).Redact("card 4012888888881881").Text);
    }

    [Fact]
    public void A_policy_without_what_it_needs_is_refused()
    {
        var scanner = new PiiScanner();
        Assert.Throws<ArgumentException>(() => new Redactor(scanner, new RedactionPolicy { Default = new RedactionOperator.Hash() }));
        Assert.Throws<ArgumentException>(() => new Redactor(scanner, new RedactionPolicy { Default = new RedactionOperator.Token() }));
        Assert.Throws<ArgumentException>(() => new Redactor(scanner, new RedactionPolicy { Default = new RedactionOperator.Mask(5) }));
        Assert.Throws<ArgumentException>(() => new Redactor(scanner, RedactionPolicy.TokeniseAndRestore).Redact("x"));
        Assert.Throws<ArgumentException>(() => new TenantPepper(new byte[16]));
    }

    [Theory]
    [InlineData("Springfield, IL 62704", "Springfield, IL 627**")]
    [InlineData("Jackson, WY 83101", "Jackson, WY 000**")]
    [InlineData("born 03/04/1985", "born 1985")]
    [InlineData("admitted on 2024-03-15", "admitted on 2024")]
    [InlineData("a 97-year-old", "a 90+-year-old")]
    [InlineData("a 42-year-old", "a 42-year-old")]
    [InlineData("born 03/04/1912", "born 90+")]
    [InlineData("seen on 1912-03-04", "seen on 90+")]
    public void Safe_harbor_keeps_years_three_digits_and_ages_to_89(string text, string expected)
    {
        var profile = PiiProfile.Find("hipaa-safe-harbor")!;
        Assert.Equal(expected, new Redactor(new PiiScanner(profile.Scanner), profile.Redaction).Redact(text).Text);
    }

    [Theory]
    [InlineData("born 31/12/1937", "born 1937")]
    [InlineData("born 01/01/1936", "born 90+")]
    [InlineData("born 31/12/1936", "born 90+")]
    public void Safe_harbor_joins_the_years_in_which_people_over_89_may_be_born(string text, string expected)
    {
        var profile = PiiProfile.Find("hipaa-safe-harbor")!;
        var redactor = new Redactor(new PiiScanner(profile.Scanner), profile.Redaction, null, null, new EndOf2026());
        Assert.Equal(expected, redactor.Redact(text).Text);
    }

    [Fact]
    public void Safe_harbor_names_all_eighteen_and_claims_neither_faces_nor_fingerprints()
    {
        var profile = PiiProfile.Find("hipaa-safe-harbor")!;
        Assert.Equal("ABCDEFGHIJKLMNOPQR", string.Concat(profile.Items.Select(item => item.Reference[^2])));
        Assert.Equal(["Biometric identifiers", "Full-face photographs and comparable images"], profile.Items.Where(item => item.Coverage == ProfileCoverage.NotClaimed).Select(item => item.Subject));
        Assert.All(profile.Items, item => Assert.All(item.Types, type => Assert.Contains(type, profile.Scanner.Types)));
    }

    [Theory]
    [InlineData("12 Main Street, Springfield, IL, ZIP 62704", "[STREET_ADDRESS]")]
    [InlineData("12 Main Street, Springfield, IL 62704-1234", "[STREET_ADDRESS]")]
    [InlineData("password is xY9!abc@example.com", "password is [PASSWORD]")]
    [InlineData("see https://portal.example.com/p/42?mail=a@example.com&x=7 now", "see [URL] now")]
    public void What_only_a_losing_candidate_covers_is_replaced_too(string text, string expected)
    {
        var scanner = new PiiScanner(new PiiScannerOptions { Types = PiiTypes.All });
        Assert.Equal(expected, new Redactor(scanner, new RedactionPolicy()).Redact(text).Text);
    }

    [Fact]
    public void A_value_recognised_once_is_replaced_everywhere()
    {
        var text = new Redactor(new PiiScanner(), new RedactionPolicy()).Redact("Mrs. Xanthippe Quux wrote. Later Xanthippe Quux left.").Text;
        Assert.Equal("Mrs. [PERSON] wrote. Later [PERSON] left.", text);
    }

    [Fact]
    public void A_redacted_text_does_not_print_itself() => Assert.Equal("RedactedText", new Redactor(new PiiScanner(), new RedactionPolicy()).Redact("some prompt").ToString());

    static string Redact(RedactionOperator chosen, string text) => new Redactor(new PiiScanner(), new RedactionPolicy { Default = chosen }, tokens: new LengthTokens()).Redact(text).Text;

    sealed class EndOf2026 : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);
    }

    sealed class LengthTokens : IValueTokens
    {
        public string Token(PiiType type, ReadOnlySpan<char> value) => $"tok:{value.Length}";
    }
}
