using System.Text.Json;

namespace Amnion.Inference.Tests;

public sealed class JsonSchemaGrammarTests
{
    const string Person = """{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},"required":["name"]}""";
    const string Three = """{"type":"object","properties":{"a":{"const":1},"b":{"const":2},"c":{"const":3}},"required":["b"],"additionalProperties":false}""";
    const string Extra = """{"type":"object","properties":{"ab":{"const":1},"ac":{"const":2}},"additionalProperties":{"type":"boolean"}}""";
    const string Tree = """{"type":"object","properties":{"v":{"type":"integer"},"next":{"anyOf":[{"$ref":"#"},{"type":"null"}]}},"required":["v","next"],"additionalProperties":false}""";
    const string Defs = """{"$defs":{"p/q":{"type":"array","items":{"$ref":"#/$defs/leaf"},"maxItems":2},"leaf":{"enum":["x","y"]}},"$ref":"#/$defs/p~1q"}""";

    [Theory]
    [InlineData("""{"type":"string"}""", "\"a \\\" \\u00e9 é€😀\"", true)]
    [InlineData("""{"type":"string"}""", "\"a", false)]
    [InlineData("""{"type":"string"}""", "\"\\uD83D\"", false)]
    [InlineData("""{"type":"string"}""", "\"\\uD7FF\"", true)]
    [InlineData("""{"type":"string"}""", "\"new\nline\"", false)]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "\"a\"", false)]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "\"a€\"", true)]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "\"abcd\"", false)]
    [InlineData("""{"type":"string","maxLength":1000}""", "\"abcd\"", true)]
    [InlineData("""{"type":"string","minLength":1000}""", "\"abcd\"", false)]
    [InlineData("""{"type":"string","format":"date"}""", "\"2026-11-21\"", true)]
    [InlineData("""{"type":"string","format":"date"}""", "\"2026-13-21\"", false)]
    [InlineData("""{"type":"string","format":"date-time"}""", "\"2026-11-21T08:30:00Z\"", true)]
    [InlineData("""{"type":"string","format":"time"}""", "\"24:00:00Z\"", false)]
    [InlineData("""{"type":"string","format":"uuid"}""", "\"123e4567-e89b-12d3-a456-426614174000\"", true)]
    [InlineData("""{"type":"string","format":"ipv4"}""", "\"255.0.10.1\"", true)]
    [InlineData("""{"type":"string","format":"ipv4"}""", "\"256.0.10.1\"", false)]
    [InlineData("""{"type":"integer"}""", "-12", true)]
    [InlineData("""{"type":"integer"}""", "012", false)]
    [InlineData("""{"type":"integer"}""", "1.5", false)]
    [InlineData("""{"type":"number"}""", "1.5e-3", true)]
    [InlineData("""{"type":"number"}""", "1e999", false)]
    [InlineData("""{"type":"boolean"}""", "true", true)]
    [InlineData("""{"type":"null"}""", "null", true)]
    [InlineData("""{"type":["integer","null"]}""", "null", true)]
    [InlineData("""{"type":["integer","null"]}""", "true", false)]
    [InlineData("""{"enum":["a",1,null,{"b":[true]}]}""", "{\"b\":[true]}", true)]
    [InlineData("""{"enum":["a",1,null]}""", "\"b\"", false)]
    [InlineData("""{"type":"string","enum":["a",1]}""", "1", false)]
    [InlineData("""{"const":"say \"hi\" \\ é"}""", "\"say \\\"hi\\\" \\\\ é\"", true)]
    [InlineData("""{"type":"array","items":{"type":"integer"}}""", "[1, 2,3]", true)]
    [InlineData("""{"type":"array","items":{"type":"integer"}}""", "[]", true)]
    [InlineData("""{"type":"array","items":{"type":"integer"}}""", "[1,]", false)]
    [InlineData("""{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":3}""", "[1]", false)]
    [InlineData("""{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":3}""", "[1,2,3]", true)]
    [InlineData("""{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":3}""", "[1,2,3,4]", false)]
    [InlineData("""{"type":"array","maxItems":0}""", "[]", true)]
    [InlineData("""{"type":"array","maxItems":0}""", "[1]", false)]
    [InlineData("""{"type":"array","items":{"const":1},"maxItems":1}""", "[1]", true)]
    [InlineData("""{"type":"array","items":{"const":1},"maxItems":1}""", "[1,1]", false)]
    [InlineData("""{"type":"array","items":{"const":1},"minItems":1000}""", "[1]", false)]
    [InlineData("""{}""", "[{\"a\":null}, 1, \"x\"]", true)]
    [InlineData("""true""", "false", true)]
    [InlineData("""{"type":"object"}""", "{\"any\": [1], \"thing\":{}}", true)]
    [InlineData("""{"type":"object"}""", "{}", true)]
    [InlineData("""{"type":"object","additionalProperties":false}""", "{}", true)]
    [InlineData("""{"type":"object","additionalProperties":false}""", "{\"a\":1}", false)]
    [InlineData(Person, """{"name":"Ann","age":3}""", true)]
    [InlineData(Person, """{ "name": "Ann" }""", true)]
    [InlineData(Person, """{"age":3}""", false)]
    [InlineData(Person, """{"name":"Ann","other":3}""", false)]
    [InlineData(Three, """{"a":1,"b":2,"c":3}""", true)]
    [InlineData(Three, """{"b":2}""", true)]
    [InlineData(Three, """{"a":1,"b":2}""", true)]
    [InlineData(Three, """{"b":2,"c":3}""", true)]
    [InlineData(Three, """{"a":1,"c":3}""", false)]
    [InlineData(Three, """{"a":1,,"b":2}""", false)]
    [InlineData(Three, """{"b":2,}""", false)]
    [InlineData(Three, """{}""", false)]
    [InlineData(Extra, """{}""", true)]
    [InlineData(Extra, """{"ab":1,"x":true,"abc":false,"a":true,"":true}""", true)]
    [InlineData(Extra, """{"x":true}""", true)]
    [InlineData(Extra, """{"ac":2}""", true)]
    [InlineData(Extra, """{"x":1}""", false)]
    [InlineData(Extra, """{"ab":true}""", false)]
    [InlineData(Extra, """{"ab":1,"ac":true}""", false)]
    [InlineData(Extra, """{"\u0061b":true}""", false)]
    [InlineData(Tree, """{"v":1,"next":{"v":2,"next":null}}""", true)]
    [InlineData(Tree, """{"v":1,"next":{"v":2}}""", false)]
    [InlineData(Defs, """["x","y"]""", true)]
    [InlineData(Defs, """["z"]""", false)]
    [InlineData("""{"required":["z"],"properties":{"a":{"const":1}}}""", """{"a":1,"z":[]}""", true)]
    [InlineData("""{"required":["z"],"properties":{"a":{"const":1}}}""", """{"a":1}""", false)]
    [InlineData("""{"properties":{"a\"b\\":{"const":1}},"required":["a\"b\\"]}""", """{"a\"b\\":1}""", true)]
    [InlineData("""{"anyOf":[{"type":"integer"},{"type":"string"}]}""", "\"x\"", true)]
    [InlineData("""{"oneOf":[{"type":"integer"},{"type":"string"}],"title":"t","description":"d"}""", "1", true)]
    [InlineData("""{"allOf":[{"type":"integer"}]}""", "\"x\"", false)]
    public void A_text_fits_where_it_is_valid(string schema, string text, bool fits)
    {
        using var document = JsonDocument.Parse(schema);

        Assert.Equal(fits, GrammarMatcher.Matches(JsonSchemaGrammar.Convert(document.RootElement), text));
    }

    [Theory]
    [InlineData("""{"type":"string","pattern":"^a"}""", InferenceCodes.SchemaUnsupported, "pattern", "")]
    [InlineData("""{"type":"integer","minimum":1}""", InferenceCodes.SchemaUnsupported, "minimum", "")]
    [InlineData("""{"type":"string","format":"hostname"}""", InferenceCodes.SchemaUnsupported, "format", "")]
    [InlineData("""{"properties":{"a":{"items":{"not":{}}}}}""", InferenceCodes.SchemaUnsupported, "not", "/properties/a/items")]
    [InlineData("""{"allOf":[{},{}]}""", InferenceCodes.SchemaUnsupported, "allOf", "")]
    [InlineData("""{"anyOf":[{}],"type":"string"}""", InferenceCodes.SchemaUnsupported, "anyOf", "")]
    [InlineData("""{"$ref":"https://example.org/x"}""", InferenceCodes.SchemaUnsupported, "$ref", "")]
    [InlineData("""{"type":"array","uniqueItems":true}""", InferenceCodes.SchemaUnsupported, "uniqueItems", "")]
    [InlineData("""{"$ref":"#"}""", InferenceCodes.SchemaMalformed, "$ref", "#")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"anyOf":[{"$ref":"#/$defs/a"},{"const":1}]}}}""", InferenceCodes.SchemaMalformed, "$ref", "#/$defs/a/anyOf/0")]
    [InlineData("""{"$ref":"#/$defs/absent"}""", InferenceCodes.SchemaMalformed, "$ref", "")]
    [InlineData("""{"type":"text"}""", InferenceCodes.SchemaMalformed, "type", "")]
    [InlineData("""{"type":[]}""", InferenceCodes.SchemaMalformed, "type", "")]
    [InlineData("""{"enum":[]}""", InferenceCodes.SchemaMalformed, "enum", "")]
    [InlineData("""{"enum":"a"}""", InferenceCodes.SchemaMalformed, "enum", "")]
    [InlineData("""{"properties":[]}""", InferenceCodes.SchemaMalformed, "properties", "")]
    [InlineData("""{"required":[1]}""", InferenceCodes.SchemaMalformed, "required", "")]
    [InlineData("""{"required":["a"],"additionalProperties":false}""", InferenceCodes.SchemaMalformed, "required", "")]
    [InlineData("""{"properties":{"a":{},"a":{}}}""", InferenceCodes.SchemaMalformed, "properties", "")]
    [InlineData("""{"minLength":3,"maxLength":2}""", InferenceCodes.SchemaMalformed, "maxLength", "")]
    [InlineData("""{"minItems":-1}""", InferenceCodes.SchemaMalformed, "minItems", "")]
    [InlineData("""{"maxLength":1001}""", InferenceCodes.SchemaTooLarge, "maxLength", "")]
    [InlineData("false", InferenceCodes.SchemaMalformed, "", "")]
    [InlineData("[]", InferenceCodes.SchemaMalformed, "", "")]
    public void What_a_grammar_cannot_hold_to_is_refused_by_name(string schema, string code, string keyword, string pointer)
    {
        using var document = JsonDocument.Parse(schema);

        var refused = Assert.Throws<JsonSchemaException>(() => JsonSchemaGrammar.Convert(document.RootElement));

        Assert.Equal((code, keyword, pointer), (refused.Code, refused.Keyword, refused.Pointer));
    }

    [Fact]
    public void Deep_and_wide_schemas_are_refused_as_too_large()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"items":""", 60)) + "true" + new string('}', 60);
        var chain = "{\"$defs\":{" + string.Join(',', Enumerable.Range(0, 200).Select(i => $"\"d{i}\":{{\"items\":{{\"$ref\":\"#/$defs/d{i + 1}\"}}}}")) + ",\"d200\":{}},\"$ref\":\"#/$defs/d0\"}";
        var wide = "{\"properties\":{" + string.Join(',', Enumerable.Range(0, 1001).Select(i => $"\"p{i}\":{{}}")) + "}}";
        var many = "{\"enum\":[" + string.Join(',', Enumerable.Range(0, 1001)) + "]}";

        _ = JsonSchemaGrammar.Convert(Parse(deep));
        foreach (var schema in new[] { chain, wide, many })
        {
            Assert.Equal(InferenceCodes.SchemaTooLarge, Assert.Throws<JsonSchemaException>(() => JsonSchemaGrammar.Convert(Parse(schema))).Code);
        }
    }

    [Theory]
    [InlineData(256, false)]
    [InlineData(257, true)]
    [InlineData(200_000, true)]
    public void A_long_name_is_refused_and_never_costs_a_stack(int length, bool refused)
    {
        var name = new string('a', length);
        var declared = Parse($$$"""{"type":"object","properties":{"{{{name}}}":{"type":"string"}},"additionalProperties":true}""");
        var required = Parse($$"""{"type":"object","required":["{{name}}"],"additionalProperties":true}""");
        foreach (var schema in new[] { declared, required })
        {
            foreach (var convert in new Action[] { () => JsonSchemaGrammar.Convert(schema), () => ToolCallGrammar.Convert([new ToolSchema("f", schema)], allowSeveral: false) })
            {
                Assert.Equal(refused ? InferenceCodes.SchemaTooLarge : null, (Record.Exception(convert) as JsonSchemaException)?.Code);
            }
        }
    }

    public static TheoryData<string, string> Costly
    {
        get
        {
            var properties = string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"p{i:x6}\":true"));
            var required = string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"{new string('r', 200)}{i:x6}\""));
            // One object under a thousand names: "#/%61" and "#/a" are the same place.
            var aliases = string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"q{i}\":{{\"$ref\":\"#/$defs/{Alias(i)}\"}}"));
            var definitions = string.Join(',', Enumerable.Range(0, 200_000).Select(i => $"\"d{i}\":true"));
            return new TheoryData<string, string>
            {
                { "a name of six million characters before many places", "{\"properties\":{\"" + new string('b', 6_000_000) + "\":{\"properties\":{" + properties + "}}}}" },
                { "a reference of six million characters", "{\"$ref\":\"#/" + new string('b', 6_000_000) + "\"}" },
                { "many required names", "{\"required\":[" + string.Join(',', Enumerable.Range(0, 400_000).Select(i => $"\"r{i}\"")) + "],\"properties\":{" + properties + "}}" },
                { "one object seen again and again", "{\"$defs\":{\"aaaaaaaaaa\":{\"required\":[" + required + "],\"additionalProperties\":true}},\"anyOf\":[{\"properties\":{" + aliases + "}}]}" },
                { "one enumeration seen again and again", "{\"$defs\":{\"aaaaaaaaaa\":{\"enum\":[" + required + "]}},\"anyOf\":[{\"properties\":{" + aliases + "}}]}" },
                { "references into many definitions", "{\"$defs\":{" + definitions + ",\"aaaaaaaaaa\":true},\"anyOf\":[{\"properties\":{" + aliases.Replace("#/$defs/", "#/$defs/d", StringComparison.Ordinal) + "}}]}" },
                { "many types", "{\"type\":[" + string.Join(',', Enumerable.Repeat("\"string\"", 500_000)) + "]}" },
            };

            static string Alias(int i) => string.Concat(Enumerable.Range(0, 10).Select(bit => (i >> bit & 1) == 0 ? "a" : "%61"));
        }
    }

    [Theory]
    [MemberData(nameof(Costly), DisableDiscoveryEnumeration = true)]
    public void A_schema_that_would_cost_too_much_is_refused_cheaply(string what, string schema)
    {
        var parsed = Parse(schema);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var refused = Assert.Throws<JsonSchemaException>(() => JsonSchemaGrammar.Convert(parsed));

        Assert.Contains(refused.Code, new[] { InferenceCodes.SchemaTooLarge, InferenceCodes.SchemaMalformed });
        Assert.True(refused.Pointer.Length <= 4096, what);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200L << 20);
    }

    [Fact]
    public void Any_json_text_converts_or_is_refused()
    {
        var iterations = int.TryParse(Environment.GetEnvironmentVariable("AMNION_FUZZ_ITERATIONS"), out var n) ? n : 2000;
        var random = new Random(7);
        string[] words = ["type", "properties", "items", "anyOf", "$ref", "enum", "const", "required", "additionalProperties", "minLength", "maxItems", "format", "$defs", "a"];
        string[] values = ["\"string\"", "\"object\"", "\"array\"", "\"#\"", "\"#/$defs/a\"", "1", "-1", "true", "null", "[\"a\"]", "\"date\"", "[]"];
        for (var i = 0; i < iterations; i++)
        {
            var schema = Write(0);
            try
            {
                var grammar = JsonSchemaGrammar.Convert(Parse(schema));
                Assert.Contains("root ::= ", grammar, StringComparison.Ordinal);
                if (i % 20 == 0)
                {
                    _ = GrammarMatcher.Matches(grammar, "{");
                }
            }
            catch (JsonSchemaException e)
            {
                Assert.StartsWith("AMN-INF-04", e.Code, StringComparison.Ordinal);
            }
        }

        string Write(int depth) => random.Next(depth > 4 ? 1 : 3) switch
        {
            0 => values[random.Next(values.Length)],
            1 => "[" + string.Join(',', Enumerable.Range(0, random.Next(3)).Select(_ => Write(depth + 1))) + "]",
            _ => "{" + string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => $"\"{words[random.Next(words.Length)]}\":{Write(depth + 1)}")) + "}",
        };
    }

    [Theory]
    [InlineData("{}", true)]
    [InlineData("{\"a\": [1, {\"b\": null}]}", true)]
    [InlineData("[]", false)]
    [InlineData("{\"a\":1} ", false)]
    public void Any_object_is_any_object(string text, bool fits) =>
        Assert.Equal(fits, GrammarMatcher.Matches(JsonSchemaGrammar.AnyObject, text));

    [Theory]
    [InlineData("<tool_call>\n{\"name\": \"f\", \"arguments\": {\"x\":1}}\n</tool_call>", true, true)]
    [InlineData("<tool_call>\n{\"name\": \"g\", \"arguments\": {\"any\": 1}}\n</tool_call>", true, true)]
    [InlineData("<tool_call>\n{\"name\": \"f\", \"arguments\": {}}\n</tool_call>", false, false)]
    [InlineData("<tool_call>\n{\"name\": \"h\", \"arguments\": {}}\n</tool_call>", false, false)]
    [InlineData("no call", false, false)]
    [InlineData("<tool_call>\n{\"name\": \"g\", \"arguments\": {}}\n</tool_call>\n<tool_call>\n{\"name\": \"g\", \"arguments\": {}}\n</tool_call>", false, true)]
    public void Tool_calls_follow_their_schema(string text, bool one, bool several)
    {
        ToolSchema[] tools = [new ToolSchema("f", Parse("""{"type":"object","properties":{"x":{"type":"integer"}},"required":["x"]}""")), new ToolSchema("g", null)];

        Assert.Equal(one, GrammarMatcher.Matches(ToolCallGrammar.Convert(tools, allowSeveral: false), text));
        Assert.Equal(several, GrammarMatcher.Matches(ToolCallGrammar.Convert(tools, allowSeveral: true), text));
    }

    static JsonElement Parse(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
