using System.Text.Json;
using System.Text.Json.Nodes;
using Amnion.Cli.Conformance;
using Amnion.Testing;

namespace Amnion.Cli.Tests.Conformance;

/// <summary>The published schemas and the published cases, held against each other.</summary>
public sealed class JsonSchemaTests
{
    const string Folder = "vectors/attestation/conformance";

    /// <summary>What the upstream's own cases break in the upstream's own schemas: the whole flow's inputs carry the provenance policy in its full form.</summary>
    static readonly string[] s_upstreamSlips =
    [
        "$.sigstore.policy.in_toto_statement_types_allowed: must be of type \"array\"",
        "$.sigstore.policy.tlog_entries_min: must not be there",
        "$.sigstore.policy.tlog_entries_max: must not be there",
        "$.sigstore.policy.sct_min: must not be there",
        "$.sigstore.policy.observer_timestamps_min: must not be there",
    ];

    public static TheoryData<string> Inputs => Files("input.json");

    public static TheoryData<string> Outputs => Files("expected.json");

    [Theory]
    [MemberData(nameof(Inputs))]
    public void An_input_fits_its_schema(string path)
    {
        _ = SharedData.Folder(Folder);
        var missing = Stage(path) == "verify-full" && path.Contains("missing-sigstore-block", StringComparison.Ordinal) ? ["$.sigstore: is missing"] : Array.Empty<string>();
        using var value = JsonDocument.Parse(File.ReadAllBytes(path));
        Assert.Empty(Check(Stage(path) + ".input", value.RootElement).Except(s_upstreamSlips).Except(missing));
    }

    [Theory]
    [MemberData(nameof(Outputs))]
    public void An_expected_answer_fits_its_schema_with_each_code_it_allows(string path)
    {
        _ = SharedData.Folder(Folder);
        var answer = JsonNode.Parse(File.ReadAllBytes(path))!;
        JsonNode?[] codes = answer["rejection"]?["code"] is JsonArray list ? [.. list.Select(code => code!.DeepClone())] : [null];
        foreach (var code in codes)
        {
            if (code is not null)
            {
                answer["rejection"]!["code"] = code;
            }

            // The cases state what must be there, the schemas what an answer looks like: an expectation may leave out members of an answer.
            using var value = JsonDocument.Parse(answer.ToJsonString());
            Assert.DoesNotContain(Check(Stage(path) + ".output", value.RootElement), problem => !problem.EndsWith("is missing", StringComparison.Ordinal) && !problem.StartsWith("$: must fit exactly one", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("""{"type": "string"}""", "1", "$: must be of type \"string\"")]
    [InlineData("""{"required": ["a"]}""", "{}", "$.a: is missing")]
    [InlineData("""{"properties": {"a": {"const": "1"}}}""", """{"a": "2"}""", "$.a: must be \"1\"")]
    [InlineData("""{"properties": {"a": true}, "additionalProperties": false}""", """{"a": 1, "b": 2}""", "$.b: must not be there")]
    [InlineData("""{"items": {"enum": ["x"]}}""", """["x", "y"]""", "$[1]: must be one of the schema's values")]
    [InlineData("""{"pattern": "^[0-9a-f]+$"}""", "\"0g\"", "$: must match \"^[0-9a-f]+$\"")]
    [InlineData("""{"minimum": 0}""", "-1", "$: must be 0 or more")]
    [InlineData("""{"uniqueItems": true}""", "[1, 1]", "$: breaks uniqueItems")]
    [InlineData("""{"minItems": 1}""", "[]", "$: breaks minItems")]
    [InlineData("""{"oneOf": [{"const": 1}, {"type": "integer"}]}""", "1", "$: must fit exactly one of the alternatives")]
    [InlineData("""{"if": {"const": 1}, "then": false}""", "1", "$: must not be there")]
    [InlineData("""{"$ref": "#/$defs/n", "$defs": {"n": {"type": "null"}}}""", "1", "$: must be of type \"null\"")]
    [InlineData("""{"allOf": [{"type": "integer"}]}""", "1.5", "$: must be of type \"integer\"")]
    public void A_value_that_does_not_fit_is_named_with_its_path(string schema, string value, string problem)
    {
        using var document = JsonDocument.Parse(schema);
        using var parsed = JsonDocument.Parse(value);
        Assert.Equal([problem], new JsonSchema(document.RootElement).Check(parsed.RootElement));
    }

    [Fact]
    public void An_unknown_keyword_is_refused_wherever_it_stands()
    {
        using var schema = JsonDocument.Parse("""{"properties": {"a": {"items": {"multipleOf": 2}}}}""");
        Assert.Throws<FormatException>(() => JsonSchemaKeywords.RequireKnown(schema.RootElement));
    }

    static IReadOnlyList<string> Check(string name, JsonElement value)
    {
        using var schema = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(SharedData.Folder(Folder), "schemas", name + ".schema.json")));
        return new JsonSchema(schema.RootElement).Check(value);
    }

    /// <summary>"verify-" and what stands before the case's number in its folder's name.</summary>
    static string Stage(string path)
    {
        var name = Path.GetFileName(Path.GetDirectoryName(path))!;
        var stage = name[..name.AsSpan().IndexOfAnyInRange('0', '9')].TrimEnd('-');
        return stage.StartsWith("verify-", StringComparison.Ordinal) ? stage : "verify-" + stage;
    }

    static TheoryData<string> Files(string name) => SharedData.Root is not null && Directory.Exists(Path.Combine(SharedData.Root, Folder))
        ? [.. Directory.EnumerateFiles(Path.Combine(SharedData.Root, Folder), name, SearchOption.AllDirectories).Order(StringComparer.Ordinal)]
        : ["absent"];
}
