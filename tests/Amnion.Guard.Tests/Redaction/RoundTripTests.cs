using System.Text;
using Amnion.Guard.Pii;
using Amnion.Guard.Redaction;

namespace Amnion.Guard.Tests.Redaction;

public class RoundTripTests
{
    static readonly Redactor s_redactor = new(new PiiScanner(), RedactionPolicy.TokeniseAndRestore);

    // Values, their near misses, and everything that could be mistaken for a surrogate or swallow one.
    static readonly string[] s_pieces =
    [
        "4012888888881881", "DE89 3704 0044 0532 0130 00", "Dr. Helena Shaw", "John Smith", "a.b@example.com", "192.168.10.20", "+49 30 901820", "536-22-8145",
        "<PERSON_1>", "<person 1>", "< CREDIT_CARD_1 >", "\\<PERSON\\_1\\>", "&lt;TEXT_1&gt;", "<TEXT_2>", "<PERSON_", "<PERSON_1", "1>", "_1>", "PERSON_1", "<", ">", "\\", "&lt;", "&gt;", "&", "<<", "<h1>", "<b>",
        " ", " ", "\n", ".", ",", "word", "The", "x", "é", "\ud83d\ude00", "你好", "1", "_", "-", "\\>", "\\_",
    ];

    [Fact]
    public void Any_text_comes_back_whatever_the_pieces_of_the_answer()
    {
        var random = new Random(31337);
        var iterations = int.TryParse(Environment.GetEnvironmentVariable("AMNION_FUZZ_ITERATIONS"), out var asked) ? asked : 2000;
        for (var i = 0; i < iterations; i++)
        {
            using var vault = s_redactor.NewVault();
            var first = Text(random);
            var second = Text(random);
            var seen = s_redactor.Redact(first, vault).Text;
            var seenToo = s_redactor.Redact(second, vault).Text;

            // A sign between them: what neither text is, both together could be.
            Assert.Equal(first + "|" + second, Echo(vault, seen + "|" + seenToo, random));
        }
    }

    [Fact]
    public void No_value_reaches_the_engine()
    {
        var random = new Random(99);
        string[] values = ["4012888888881881", "DE89370400440532013000", "a.b@example.com", "192.168.10.20", "536-22-8145", "+49 30 901820", "Helena Shaw"];
        for (var i = 0; i < 500; i++)
        {
            using var vault = s_redactor.NewVault();
            var text = string.Join(random.Next(2) == 0 ? " and " : ", ", values.OrderBy(_ => random.Next()).Select(value => value == "Helena Shaw" ? "Dr. " + value : value)) + ". Again: Helena Shaw, x4012888888881881x.";
            var seen = s_redactor.Redact(text, vault).Text;
            Assert.All(values, value => Assert.DoesNotContain(value, seen));
            Assert.Equal(text, Echo(vault, seen, random));
        }
    }

    [Fact]
    public void A_surrogate_is_restored_in_the_forms_that_models_give_back()
    {
        using var vault = s_redactor.NewVault();
        Assert.Equal("I am Dr. <PERSON_1>, card <CREDIT_CARD_1>", s_redactor.Redact("I am Dr. Helena Shaw, card 4012888888881881", vault).Text);
        foreach (var form in new[] { "<PERSON_1>", "<person_1>", "<Person 1>", "< PERSON_1 >", "<PERSON-1>", "\\<PERSON\\_1\\>", "&lt;PERSON_1&gt;", "&LT;Person_1&GT;", "<PERSON _1>" })
        {
            var expected = form == "<PERSON _1>" ? form : "Helena Shaw";
            Assert.Equal($"Hi {expected}!", Restorer.Restore(vault, $"Hi {form}!"));
        }

        Assert.Equal("4012888888881881", Restorer.Restore(vault, "<Credit-Card 1>"));
        Assert.Equal("<PERSON_2> <PERSON_01> <CREDIT_CARD_12345678> <DOG_1>", Restorer.Restore(vault, "<PERSON_2> <PERSON_01> <CREDIT_CARD_12345678> <DOG_1>"));
    }

    [Fact]
    public void A_surrogate_that_the_caller_typed_restores_nobodys_value()
    {
        using var vault = s_redactor.NewVault();
        var seen = s_redactor.Redact("Dr. Helena Shaw says <PERSON_1>", vault);
        Assert.Equal("Dr. <PERSON_1> says <TEXT_1>", seen.Text);
        Assert.Contains(seen.Findings, finding => finding.Code == PiiCodes.ForeignSurrogate);
        Assert.Equal("<PERSON_1>", Restorer.Restore(vault, "<TEXT_1>"));
    }

    [Fact]
    public void A_value_keeps_its_surrogate_through_the_session()
    {
        using var vault = s_redactor.NewVault();
        var first = s_redactor.Redact("mail a.b@example.com", vault).Text;
        Assert.Equal(first, s_redactor.Redact("mail a.b@example.com", vault).Text);
        Assert.Equal(1, vault.Count);
    }

    [Fact]
    public void A_stream_holds_back_less_than_a_surrogate()
    {
        using var vault = s_redactor.NewVault();
        s_redactor.Redact("Dr. Helena Shaw", vault);
        var restorer = new Restorer(vault);
        var taken = 0;
        var given = 0;
        foreach (var c in string.Concat(Enumerable.Repeat("a < b <PERSON \\< CREDIT_CARD_ ", 50)))
        {
            taken++;
            given += restorer.Push([c]).Length;
            Assert.InRange(taken - given, 0, SurrogateSyntax.MaxLength - 1);
        }
    }

    [Fact]
    public void A_full_vault_refuses_and_a_disposed_one_restores_nothing()
    {
        var vault = new SessionVault(PiiTypes.All, maxValues: 1);
        s_redactor.Redact("mail a.b@example.com", vault);
        Assert.Contains(PiiCodes.VaultFull, Assert.Throws<VaultFullException>(() => s_redactor.Redact("mail c.d@example.com", vault)).Message);
        vault.Dispose();
        Assert.Equal("<EMAIL_ADDRESS_1>", Restorer.Restore(vault, "<EMAIL_ADDRESS_1>"));
        Assert.Throws<ObjectDisposedException>(() => s_redactor.Redact("mail a.b@example.com", vault));
    }

    static string Text(Random random)
    {
        var text = new StringBuilder();
        for (var n = random.Next(1, 16); n > 0; n--)
        {
            text.Append(s_pieces[random.Next(s_pieces.Length)]).Append(random.Next(3) == 0 ? " " : string.Empty);
        }

        return text.ToString();
    }

    static string Echo(SessionVault vault, string answer, Random random)
    {
        var restorer = new Restorer(vault);
        var output = new StringBuilder();
        for (var at = 0; at < answer.Length;)
        {
            var length = Math.Min(random.Next(0, 9), answer.Length - at);
            output.Append(restorer.Push(answer.AsSpan(at, length)));
            at += length;
        }

        return output.Append(restorer.Finish()).ToString();
    }
}
