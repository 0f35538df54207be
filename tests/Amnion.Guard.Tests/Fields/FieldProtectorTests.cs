using System.Text.Json;
using System.Text.Json.Nodes;
using Amnion.Guard.Fields;
using Amnion.Guard.Tests.Tokens;

namespace Amnion.Guard.Tests.Fields;

public sealed class FieldProtectorTests
{
    [Fact]
    public void An_opened_document_is_the_one_that_was_sealed_byte_for_byte()
    {
        var text = FieldCase.Seal(FieldCase.Document);
        Assert.Equal(FieldCase.Document, FieldCase.Open(text));
        foreach (var secret in new[] { "Ann", "12345", "4111 1111 1111 1111", "E11.9", "1e400" })
        {
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        }

        var content = JsonNode.Parse(text)!["content"]!;
        Assert.StartsWith("enc1.", (string)content["name"]!, StringComparison.Ordinal);
        Assert.StartsWith("det1.", (string)content["mrn"]!, StringComparison.Ordinal);
        Assert.Matches("^4111 11[0-9]{2} [0-9]{4} [0-9]{4}$", (string)content["card"]!);
        Assert.Contains("\"ward\": 1.0 }", text, StringComparison.Ordinal);
        Assert.Contains("\"height\": 1.70", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("0")]
    [InlineData("-0.0")]
    [InlineData("123456789012345678901234567890.10")]
    [InlineData("1E+2")]
    [InlineData("\"\"")]
    [InlineData("\"\\ud83d\\ude00\\u0000\\/\"")]
    [InlineData("[]")]
    [InlineData("{ }")]
    [InlineData("[1.0, {\"a\" : [\"\\u0041\"]}]")]
    public void Values_of_any_type_come_back_exactly(string value)
    {
        var document = $"{{\"name\": {value} }}";
        Assert.Equal(document, FieldCase.Open(FieldCase.Seal(document)));

        // The whole document is a field too.
        const string Whole = """{"format":"amnion/field-policy/1","fields":[{"pointer":"","action":"encrypt"}]}""";
        Assert.Equal(value, FieldCase.Open(FieldCase.Seal(value, policy: Whole), policy: Whole));
    }

    [Theory]
    [InlineData("null", "null")]
    [InlineData("1.50", "1.50")]
    [InlineData("1e400", "1e400")]
    [InlineData("\"\\u0041\\/\"", "\"A/\"")]
    [InlineData("\"\\u0001\\u000A\\u0022\\ud83d\\ude00\\u0378\\u2028\\u003c\"", "\"\\u0001\\n\\\"\ud83d\ude00\u0378\u2028<\"")]
    [InlineData("[ 1.0 , { \"b\" : 2, \"a\" : \"x\" } ]", "[1.0,{\"b\":2,\"a\":\"x\"}]")]
    public void Deterministic_values_come_back_in_one_spelling_with_numbers_as_they_came(string value, string spelling) =>
        Assert.Equal($"{{\"mrn\":{spelling}}}", FieldCase.Open(FieldCase.Seal($"{{\"mrn\":{value}}}")));

    [Fact]
    public void Deterministic_fields_are_equal_across_documents_and_random_ones_never()
    {
        JsonNode one = Content(FieldCase.Seal("""{"name":"Ann","alias":"Ann","mrn":"A/1"}""")), two = Content(FieldCase.Seal("""{"name":"Ann","alias":"Ann","mrn":"\u0041\/1"}""", "doc-2"));
        Assert.Equal((string)one["mrn"]!, (string)two["mrn"]!);
        Assert.Equal(4, new[] { (string)one["name"]!, (string)one["alias"]!, (string)two["name"]!, (string)two["alias"]! }.Distinct().Count());
    }

    [Fact]
    public void Only_a_string_is_tokenised()
    {
        Assert.Equal(FieldCodes.UnfitValue, Assert.Throws<FieldException>(() => FieldCase.Seal("""{"card":4111111111111111}""")).Code);
        Assert.Equal(FieldCodes.UnfitToken, Assert.Throws<FieldException>(() => FieldCase.Seal("""{"card":"4111111111111112"}""")).Code);
        Assert.Equal(FieldCodes.DomainTooSmall, Assert.Throws<FieldException>(() => FieldCase.Seal("""{"card":"4111118"}""")).Code);
    }

    [Fact]
    public void A_required_field_that_is_missing_is_not_overlooked()
    {
        const string Policy = """{"format":"amnion/field-policy/1","fields":[{"pointer":"/ssn","action":"encrypt","required":true}]}""";
        Assert.NotNull(FieldCase.Open(FieldCase.Seal("""{"ssn":null}""", policy: Policy), policy: Policy));
        Assert.Equal(FieldCodes.UnfitValue, Assert.Throws<FieldException>(() => FieldCase.Seal("""{"SSN":"078-05-1120"}""", policy: Policy)).Code);
    }

    [Fact]
    public void A_star_stands_for_elements_and_never_for_members()
    {
        const string Policy = """{"format":"amnion/field-policy/1","fields":[{"pointer":"/a/*","action":"encrypt"}]}""";
        Assert.Equal("""{"*":1,"b":2}""", Content(FieldCase.Seal("""{"a":{"*":1,"b":2}}""", policy: Policy))["a"]!.ToJsonString());
        Assert.All(Content(FieldCase.Seal("""{"a":[1,"b",null]}""", policy: Policy))["a"]!.AsArray(), item => Assert.StartsWith("enc1.", (string)item!, StringComparison.Ordinal));
    }

    [Fact]
    public void Pointers_name_escaped_members_and_single_elements()
    {
        const string Policy = """{"format":"amnion/field-policy/1","fields":[{"pointer":"/a~1b/~0c","action":"encrypt"},{"pointer":"/list/1","action":"encrypt"},{"pointer":"/","action":"encrypt"}]}""";
        const string Document = """{"a/b":{"~c":1},"list":[1,2,3],"":5}""";
        var text = FieldCase.Seal(Document, policy: Policy);
        var content = Content(text);
        Assert.StartsWith("enc1.", (string)content["a/b"]!["~c"]!, StringComparison.Ordinal);
        Assert.StartsWith("enc1.", (string)content["list"]![1]!, StringComparison.Ordinal);
        Assert.StartsWith("enc1.", (string)content[""]!, StringComparison.Ordinal);
        Assert.Equal((1, 3), ((int)content["list"]![0]!, (int)content["list"]![2]!));
        Assert.Equal(Document, FieldCase.Open(text, policy: Policy));
    }

    [Fact]
    public void Random_documents_come_back_byte_for_byte()
    {
        const string Policy = """
            {"format":"amnion/field-policy/1","otherwise":"sign","fields":[{"pointer":"/a","action":"encrypt"},{"pointer":"/b/*","action":"encrypt"},{"pointer":"/c/*/a","action":"encrypt"},{"pointer":"/d","action":"none"}]}
            """;
        var random = new Random(8);
        for (var i = 0; i < TokenFuzz.Iterations(150); i++)
        {
            var document = Value(random, 0);
            var text = FieldCase.Seal(document, policy: Policy);
            Assert.Equal(document.Trim(), FieldCase.Open(text, policy: Policy));
            using var json = JsonDocument.Parse(text);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("// note\n1")]
    [InlineData("{\"a\":1,\"\\u0061\":2}")]
    [InlineData("\"\\ud800\"")]
    [InlineData("{\"\\udc00\":1}")]
    [InlineData("01")]
    [InlineData("NaN")]
    [InlineData("\ufeff1")]
    public void Refuses_what_is_no_strict_json(string document) =>
        Assert.Equal(FieldCodes.MalformedDocument, Assert.Throws<FieldFormatException>(() => FieldCase.Seal(document)).Code);

    [Fact]
    public void Refuses_documents_beyond_the_limits()
    {
        var deepest = new string('[', FieldLimits.MaxDepth) + new string(']', FieldLimits.MaxDepth);
        Assert.Equal(deepest, FieldCase.Open(FieldCase.Seal(deepest)));
        Malformed($"[{deepest}]");
        Malformed($"[{string.Join(',', Enumerable.Repeat("1", FieldLimits.MaxValues))}]");
        Malformed($"\"{new string('a', FieldLimits.MaxDocumentLength)}\"");
        var most = $"[{string.Join(',', Enumerable.Repeat("1", FieldLimits.MaxValues - 1))}]";
        Assert.Equal(most, FieldCase.Open(FieldCase.Seal(most)));

        static void Malformed(string document) => Assert.Equal(FieldCodes.MalformedDocument, Assert.Throws<FieldFormatException>(() => FieldCase.Seal(document)).Code);
    }

    [Fact]
    public void A_pointer_as_long_as_one_may_be_names_a_place_that_seals_and_opens()
    {
        var name = new string('中', 150);
        var policy = $$"""{"format":"amnion/field-policy/1","fields":[{"pointer":"/{{name}}{{string.Concat(Enumerable.Repeat("/*", 63))}}","action":"encrypt"}]}""";
        var document = $$"""{"{{name}}":{{new string('[', 63)}}1{{new string(']', 63)}}}""";
        Assert.Equal(document, FieldCase.Open(FieldCase.Seal(document, policy: policy), policy: policy));
    }

    [Fact]
    public void Long_names_and_many_of_them_take_linear_time()
    {
        var name = new string('n', 20_000);
        var document = $"{{\"visits\":[{string.Join(',', Enumerable.Repeat($"{{\"{name}\":{{\"a\":[1,2,3]}}}}", 150))}]}}";
        Assert.Equal(document, FieldCase.Open(FieldCase.Seal(document)));
    }

    static JsonNode Content(string text) => JsonNode.Parse(text)!["content"]!;

    static string Value(Random random, int depth)
    {
        var space = new string(' ', random.Next(2));
        return space + random.Next(depth > 4 ? 5 : 8) switch
        {
            0 => "null",
            1 => "true",
            2 => $"{random.Next()}.{random.Next(1000):000}e{random.Next(9)}",
            3 => "\"\\u00e9\\n\\\"" + random.Next() + "\"",
            4 => "\"\u4e2d\ud83d\ude00\"",
            5 => $"[{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth + 1)))}]",
            _ => $"{{{string.Join(',', new[] { "a", "b", "c", "d", "\\u00e9" }.Where(_ => random.Next(2) == 0).Select(name => $"{space}\"{name}\":{Value(random, depth + 1)}"))}}}",
        } + space;
    }
}
