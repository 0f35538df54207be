using System.Collections.Immutable;
using System.Text;
using Amnion.Guard.Pii;
using Amnion.Testing;

namespace Amnion.Guard.Tests.Pii;

public class PiiScannerTests
{
    static readonly PiiScanner s_scanner = new();

    [Theory]
    [InlineData("Pay with 4012-8888-8888-1881 please", "CREDIT_CARD", "4012-8888-8888-1881")]
    [InlineData("IBAN: DE89 3704 0044 0532 0130 00.", "IBAN", "DE89 3704 0044 0532 0130 00")]
    [InlineData("My SSN is 536-22-8145", "US_SSN", "536-22-8145")]
    [InlineData("NHS 943 476 5919", "UK_NHS", "943 476 5919")]
    [InlineData("Meine Steuer-ID lautet 86095742719", "DE_TAX_ID", "86095742719")]
    [InlineData("CPF 529.982.247-25", "BR_CPF", "529.982.247-25")]
    [InlineData("DNI 12345678Z", "ES_NIF", "12345678Z")]
    [InlineData("codice fiscale RSSMRA85T10A562S", "IT_FISCAL_CODE", "RSSMRA85T10A562S")]
    [InlineData("NIR 1 85 05 78 006 084 | 91", "FR_NIR", "1 85 05 78 006 084 | 91")]
    [InlineData("주민등록번호는 960121-1234567입니다", "KR_RRN", "960121-1234567")]
    [InlineData("身份证11010519491231002X。", "CN_RESIDENT_ID", "11010519491231002X")]
    [InlineData("write to a.b+c@mail.example.org.", "EMAIL_ADDRESS", "a.b+c@mail.example.org")]
    [InlineData("host 2001:db8::8a2e:370:7334 down", "IP_ADDRESS", "2001:db8::8a2e:370:7334")]
    [InlineData("send to 0x52908400098527886E0F7030069857D2E4169EE7", "CRYPTO_ETH", "0x52908400098527886E0F7030069857D2E4169EE7")]
    [InlineData("BIP 350: bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "CRYPTO_BTC", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0")]
    [InlineData("call +49 30 901820", "PHONE_NUMBER", "+49 30 901820")]
    [InlineData("phone (212) 555-0187 x12", "PHONE_NUMBER", "(212) 555-0187 x12")]
    [InlineData("geboren am 03.04.1985 in Köln", "DATE_OF_BIRTH", "03.04.1985")]
    [InlineData("MRN: 00482913", "MEDICAL_RECORD", "00482913")]
    [InlineData("Dr. Helena Shaw called", "PERSON", "Helena Shaw")]
    [InlineData("Herr Müller-Lüdenscheidt wartet", "PERSON", "Müller-Lüdenscheidt")]
    [InlineData("My name is Rubija", "PERSON", "Rubija")]
    [InlineData("She lives at 742 Evergreen Terrace, Springfield", "STREET_ADDRESS", "742 Evergreen Terrace")]
    [InlineData("Anschrift: Lindenstraße 12, 10969 Berlin", "STREET_ADDRESS", "Lindenstraße 12, 10969")]
    [InlineData("the password is Tr0ub4dor&3", "PASSWORD", "Tr0ub4dor&3")]
    [InlineData("a 97-year-old man", "AGE", "97")]
    public void Finds(string text, string type, string value)
    {
        var finding = Assert.Single(s_scanner.Scan(text), each => each.Type.Name == type);
        Assert.Equal(value, text.Substring(finding.Span.Start, finding.Span.Length));
    }

    [Theory]
    [InlineData("4012-8888-8888-1882")]
    [InlineData("DE89 3704 0044 0532 0130 01")]
    [InlineData("order 5091cf98-9f75-db33-382c-2b5b4c62383f")]
    [InlineData("commit 70ef223b0e3a065669853d4b34ad7435ec5f44b9")]
    [InlineData("version 10.2.33 of 2021-07-11 at 12:30:45")]
    [InlineData("std::vector<int> a; b::c();")]
    [InlineData("bc1q7jr22m5un8rzzdad5kn9yucgjurfyrjqtelyh1")]
    [InlineData("1G49kzBLBhuZaiBBi2qykhRNc3awTC6UPd")]
    [InlineData("RSSMRA85T10A562T")]
    [InlineData("The price rose from 1,234,567 to 9,876,543 dollars.")]
    [InlineData("")]
    public void Finds_nothing_in(string text) => Assert.Empty(s_scanner.Scan(text));

    [Fact]
    public void A_label_gives_a_number_its_type()
    {
        Assert.Equal("NL_BSN", Assert.Single(s_scanner.Scan("BSN 111222333")).Type.Name);
        Assert.Empty(s_scanner.Scan("order 111222333"));
    }

    [Fact]
    public void A_threshold_of_a_type_silences_it_alone()
    {
        var strict = new PiiScanner(new PiiScannerOptions { Thresholds = ImmutableDictionary<string, double>.Empty.Add("NL_BSN", 0.9) });
        Assert.Empty(strict.Scan("is 111222333 on file?").Where(finding => finding.Type == PiiTypes.NlBsn));
        Assert.Single(strict.Scan("BSN 111222333"));
    }

    [Theory]
    [InlineData("7", 1_000_000)]
    [InlineData("1 ", 500_000)]
    [InlineData("4012 ", 200_000)]
    [InlineData("a@", 500_000)]
    [InlineData("a.a@a.", 160_000)]
    [InlineData("a::", 330_000)]
    [InlineData("+1-", 330_000)]
    [InlineData("GB29 ", 200_000)]
    [InlineData("John ", 200_000)]
    [InlineData("12 Main ", 125_000)]
    [InlineData("Name: ", 160_000)]
    [InlineData("password ", 110_000)]
    [InlineData("http://a.", 110_000)]
    [InlineData("你a", 500_000)]
    public void Costs_no_more_than_its_length_on_hostile_text(string piece, int times)
    {
        var text = string.Concat(Enumerable.Repeat(piece, times));
        var scanner = new PiiScanner(new PiiScannerOptions { Types = PiiTypes.All });
        ParserBudget.Run(512L << 20, () => scanner.Scan(text));
    }

    [Fact]
    public void Any_text_gives_findings_inside_it_in_order_and_apart()
    {
        var random = new Random(20261122);
        string[] pieces = ["4012888888881881", "DE89370400440532013000", "John Smith", "+1 212-555-0187", "a@b.com", "192.168.0.1", "::1", "\ud83d\ude00", "é", "Dr. ", "12 Main St", " ", "-", ".", "/", "(", ")", ":", "\n", "x", "9", "_", "@", "@@", "你", "May 1st, 1977", "MRN: ", "password=", "\ud800"];
        var scanner = new PiiScanner(new PiiScannerOptions { Types = PiiTypes.All, Threshold = 0 });
        var iterations = int.TryParse(Environment.GetEnvironmentVariable("AMNION_FUZZ_ITERATIONS"), out var asked) ? asked : 3000;
        for (var i = 0; i < iterations; i++)
        {
            var text = new StringBuilder();
            for (var n = random.Next(1, 14); n > 0; n--)
            {
                text.Append(random.Next(5) == 0 ? ((char)random.Next(1, 0x3000)).ToString() : pieces[random.Next(pieces.Length)]);
            }

            var end = 0;
            var findings = scanner.Scan(text.ToString(), out var beyond);
            Assert.Equal(scanner.Scan(text.ToString()), findings);
            Assert.All(scanner.ScanOverlapping(text.ToString()), candidate => Assert.Contains(findings.Concat(beyond), each => each.Span.Start <= candidate.Span.Start && candidate.Span.End <= each.Span.End));
            foreach (var finding in findings)
            {
                Assert.True(finding.Span.Start >= end && finding.Span.Length > 0 && finding.Span.End <= text.Length && finding.Score is >= 0 and <= 1, text.ToString());
                end = finding.Span.End;
            }
        }
    }
}
