using System.Text;
using Amnion.Guard.Fields;
using Amnion.Guard.Tests.Tokens;

namespace Amnion.Guard.Tests.Fields;

public sealed class FieldPolicyTests
{
    [Fact]
    public void Reads_every_member_and_signs_what_has_no_rule()
    {
        var policy = FieldCase.Read();
        Assert.Equal(8, policy.Rules.Length);
        Assert.Equal(FieldAction.Sign, policy.Otherwise);
        Assert.Equal(FieldAction.Tokenize, policy.Rules[3].Action);
        Assert.Equal((6, 0, " -"), (policy.Rules[3].Shape!.KeepFirst, policy.Rules[3].Shape!.KeepLast, policy.Rules[3].Shape!.Separators));
        Assert.Equal(policy.Digest, FieldCase.Read(FieldCase.Policy.Replace(": ", ":", StringComparison.Ordinal)).Digest);
        Assert.NotEqual(policy.Digest, FieldCase.Read(FieldCase.Policy.Replace("keep_first\": 6", "keep_first\": 4", StringComparison.Ordinal)).Digest);
    }

    [Theory]
    [InlineData("""[{"pointer":"/a","action":"encrypt"},{"pointer":"/a","action":"sign"}]""")]
    [InlineData("""[{"pointer":"/a","action":"encrypt"},{"pointer":"/a/b","action":"sign"}]""")]
    [InlineData("""[{"pointer":"/a/b","action":"none"},{"pointer":"/a","action":"tokenize","alphabet":"digits"}]""")]
    [InlineData("""[{"pointer":"/a/*","action":"encrypt"},{"pointer":"/a/0","action":"sign"}]""")]
    [InlineData("""[{"pointer":"/a/*/x","action":"encrypt"},{"pointer":"/a/3/x/y","action":"sign"}]""")]
    [InlineData("""[{"pointer":"","action":"encrypt"},{"pointer":"/a","action":"sign"}]""")]
    public void Refuses_rules_that_contradict_each_other(string fields) => Refuse(fields);

    [Theory]
    [InlineData("""[{"pointer":"/a","action":"sign"},{"pointer":"/a/b","action":"encrypt"}]""")]
    [InlineData("""[{"pointer":"","action":"none"},{"pointer":"/a/b","action":"encrypt"}]""")]
    [InlineData("""[{"pointer":"/a/*","action":"encrypt"},{"pointer":"/a/b","action":"sign"},{"pointer":"/a/01","action":"sign"}]""")]
    [InlineData("""[{"pointer":"/a/0/x","action":"encrypt"},{"pointer":"/a/*/y","action":"sign"}]""")]
    [InlineData("""[]""")]
    public void Accepts_rules_that_refine_or_never_meet(string fields) => Assert.NotNull(FieldCase.Read($$"""{"format":"amnion/field-policy/1","fields":{{fields}}}"""));

    [Theory]
    [InlineData("""[{"pointer":"a","action":"encrypt"}]""")]
    [InlineData("""[{"pointer":"/a~2","action":"encrypt"}]""")]
    [InlineData("""[{"pointer":"/a~","action":"encrypt"}]""")]
    [InlineData("""[{"pointer":"/a","action":"hash"}]""")]
    [InlineData("""[{"pointer":"/a","action":"encrypt","alphabet":"digits"}]""")]
    [InlineData("""[{"pointer":"/a","action":"tokenize"}]""")]
    [InlineData("""[{"pointer":"/a","action":"tokenize","alphabet":"="}]""")]
    [InlineData("""[{"pointer":"/a","action":"tokenize","alphabet":"=aba"}]""")]
    [InlineData("""[{"pointer":"/a","action":"tokenize","alphabet":"klingon"}]""")]
    [InlineData("""[{"pointer":"/a","action":"tokenize","alphabet":"lower-hex","luhn":"break"}]""")]
    [InlineData("""[{"pointer":"/a","action":"tokenize","alphabet":"digits","separators":"-0"}]""")]
    [InlineData("""[{"action":"encrypt"}]""")]
    [InlineData("""{}""")]
    public void Refuses_a_malformed_rule(string fields) => Refuse(fields);

    [Fact]
    public void Refuses_a_policy_beyond_the_limits_or_of_another_format()
    {
        Refuse($"[{string.Join(',', Enumerable.Range(0, FieldLimits.MaxRules + 1).Select(i => $$"""{"pointer":"/f{{i}}","action":"sign"}"""))}]");
        Refuse($$"""[{"pointer":"/{{new string('a', FieldLimits.MaxPointerLength)}}","action":"sign"}]""");
        Refuse($$"""[{"pointer":"/{{new string('中', 400)}}","action":"encrypt"}]""");
        Refuse($$"""[{"pointer":"{{string.Concat(Enumerable.Repeat("/a", FieldLimits.MaxDepth + 1))}}","action":"sign"}]""");
        Assert.Equal(FieldCodes.MalformedPolicy, Assert.Throws<FieldFormatException>(() => FieldCase.Read("""{"format":"amnion/field-policy/2","fields":[]}""")).Code);
        Assert.Equal(FieldCodes.MalformedPolicy, Assert.Throws<FieldFormatException>(() => FieldCase.Read("""{"format":"amnion/field-policy/1","fields":[],"otherwise":"encrypt"}""")).Code);
        Assert.Equal(FieldCodes.MalformedPolicy, Assert.Throws<FieldFormatException>(() => FieldCase.Read("""{"format":"amnion/field-policy/1","fields":[],"fields":[]}""")).Code);
    }

    [Fact]
    public void No_mutation_of_a_policy_crashes_the_reader()
    {
        var bytes = Encoding.UTF8.GetBytes(FieldCase.Policy);
        var random = new Random(10);
        for (var i = 0; i < TokenFuzz.Iterations(3000); i++)
        {
            var bad = bytes.ToArray();
            for (var changes = random.Next(1, 5); changes > 0; changes--)
            {
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            }

            try
            {
                FieldPolicy.Parse(bad);
            }
            catch (FieldFormatException e)
            {
                Assert.Equal(FieldCodes.MalformedPolicy, e.Code);
            }
        }
    }

    static void Refuse(string fields) =>
        Assert.Equal(FieldCodes.MalformedPolicy, Assert.Throws<FieldFormatException>(() => FieldCase.Read($$"""{"format":"amnion/field-policy/1","fields":{{fields}}}""")).Code);
}
