using System.Text;
using Amnion.Guard.Output;
using Amnion.Guard.Output.PersonalData;

namespace Amnion.Guard.Tests.Output;

public class ForeignPersonalDataTests
{
    [Fact]
    public void What_the_request_brought_along_may_be_repeated_and_nothing_else()
    {
        var text = "You wrote from Ann@Acme.example; 4111-1111-1111-1111 is yours. Bob has bob@acme.example and 5500 0000 0000 0004, too. " + new string('x', 300);
        var filter = new AnswerFilter(AnswerPolicy.Default, [new ForeignPersonalDataCheck(new Scanner(), ["I am ann@acme.example,", "card 4111 1111 1111 1111"])]);
        var output = filter.Push(text) + filter.Complete();
        Assert.Equal(text.Replace("bob@acme.example", "[removed: personal data]", StringComparison.Ordinal).Replace("5500 0000 0000 0004", "[removed: personal data]", StringComparison.Ordinal), output);
    }

    [Fact]
    public void Chunks_change_nothing()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var text = new StringBuilder();
            for (var i = 0; i < 12; i++)
            {
                text.Append(OutputText.Prose(random.Next(), random.Next(1, 12))).Append(random.Next(3) switch { 0 => " bob@acme.example ", 1 => " 5500 0000 0000 0004\n", _ => ", " });
            }

            var whole = AnswerFilter.Filter(text.ToString(), AnswerPolicy.Default, [new ForeignPersonalDataCheck(new Scanner(), [])]);
            Assert.DoesNotContain("bob@", whole, StringComparison.Ordinal);
            Assert.DoesNotContain("5500", whole, StringComparison.Ordinal);
            var filter = new AnswerFilter(AnswerPolicy.Default, [new ForeignPersonalDataCheck(new Scanner(), [])]);
            var output = new StringBuilder();
            foreach (var c in text.ToString())
            {
                output.Append(filter.Push([c]));
                Assert.InRange(filter.Held, 0, 160);
            }

            Assert.Equal(whole, output.Append(filter.Complete()).ToString());
        }
    }

    /// <summary>Finds words with an '@' and groups of 16 digits.</summary>
    sealed class Scanner : IPersonalDataScanner
    {
        public IReadOnlyList<GuardFinding> Scan(string text)
        {
            var found = new List<GuardFinding>();
            foreach (System.Text.RegularExpressions.Match match in System.Text.RegularExpressions.Regex.Matches(text, "[a-zA-Z]+@[a-zA-Z.]+[a-zA-Z]|(?:[0-9]{4}[ -]){3}[0-9]{4}"))
            {
                found.Add(new GuardFinding("AMN-GUARD-0200", "pii.test", new TextSpan(match.Index, match.Length), 1));
            }

            return found;
        }
    }
}
