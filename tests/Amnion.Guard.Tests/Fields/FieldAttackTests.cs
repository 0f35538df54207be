using System.Text;
using System.Text.Json.Nodes;
using Amnion.Guard.Fields;
using Amnion.Guard.Tests.Tokens;

namespace Amnion.Guard.Tests.Fields;

/// <summary>What somebody who can rewrite sealed documents, and has others of the same tenant, can try.</summary>
public sealed class FieldAttackTests
{
    static readonly string s_sealed = FieldCase.Seal(FieldCase.Document);

    public static TheoryData<string, Action<JsonObject>> Attacks => new()
    {
        { "swap two fields", content => (content["name"], content["alias"]) = (content["alias"]!.DeepClone(), content["name"]!.DeepClone()) },
        { "swap two elements", content => Swap(content["visits"]!.AsArray()) },
        { "swap a field between elements", content => (content["visits"]![0]!["diagnosis"], content["visits"]![1]!["diagnosis"]) = (content["visits"]![1]!["diagnosis"]!.DeepClone(), content["visits"]![0]!["diagnosis"]!.DeepClone()) },
        { "drop an encrypted field", content => content.Remove("name") },
        { "drop a signed field", content => content.Remove("height") },
        { "drop an element", content => content["visits"]!.AsArray().RemoveAt(1) },
        { "empty an array", content => content["visits"] = new JsonArray() },
        { "add a field", content => content["admin"] = true },
        { "add an element", content => content["visits"]!.AsArray().Add(null) },
        { "rename a field", content => { content["nickname"] = content["alias"]!.DeepClone(); content.Remove("alias"); } },
        { "change a signed value", content => content["visits"]![1]!["ward"] = 3 },
        { "change a number to a string", content => content["visits"]![1]!["ward"] = "2" },
        { "change a number's spelling", content => content["height"] = 1.7m },
        { "change a field to null", content => content["height"] = null },
        { "change an encrypted field to plaintext", content => content["name"] = "Mallory" },
        { "change an encrypted field to a number", content => content["name"] = 1 },
        { "change an encrypted field to an object", content => content["name"] = new JsonObject() },
        { "cut a token", content => content["name"] = ((string)content["name"]!)[..^4] },
        { "take a token of another document", content => content["name"] = JsonNode.Parse(FieldCase.Seal(FieldCase.Document, "doc-2"))!["content"]!["name"]!.DeepClone() },
        { "take an older token of the same document", content => content["name"] = JsonNode.Parse(FieldCase.Seal(FieldCase.Document))!["content"]!["name"]!.DeepClone() },
        { "take another deterministic token", content => content["mrn"] = JsonNode.Parse(FieldCase.Seal("""{"mrn":1}""", "doc-2"))!["content"]!["mrn"]!.DeepClone() },
        { "change a format-preserving token", content => content["card"] = "4111 1111 1111 1111" },
        { "change a signed field below one that is left alone", content => content["cache"]!["owner"] = "b" },
        { "drop a signed field below one that is left alone", content => content["cache"]!.AsObject().Remove("owner") },
        { "drop what holds a signed field", content => content.Remove("cache") },
    };

    [Theory]
    [MemberData(nameof(Attacks), DisableDiscoveryEnumeration = true)]
    public void Does_not_open_after(string attack, Action<JsonObject> change)
    {
        var text = JsonNode.Parse(s_sealed)!;
        change(text["content"]!.AsObject());
        Assert.True(FieldCase.Open(text.ToJsonString()) is null, attack);
    }

    [Fact]
    public void Opens_when_members_are_reordered_or_white_space_is_lost_or_what_is_left_alone_changes()
    {
        var text = JsonNode.Parse(s_sealed)!;
        var content = text["content"]!.AsObject();
        var height = content["height"]!;
        content.Remove("height");
        content.Insert(0, "height", height);
        content["cache"]!["hits"] = "gone";
        content["cache"]!["more"] = new JsonArray(1, 2);
        Assert.NotNull(FieldCase.Open(text.ToJsonString()));
    }

    [Fact]
    public void Does_not_open_as_another_document_or_under_another_key_version_tenant_or_policy()
    {
        Assert.NotNull(FieldCase.Open(s_sealed));
        Assert.Null(FieldCase.Open(s_sealed, id: "doc-2"));
        Assert.Null(FieldCase.Open(s_sealed, version: 2));
        Assert.Null(FieldCase.Open(s_sealed, tenant: "acme2"));
        Assert.Null(FieldCase.Open(s_sealed, first: 9));
        Assert.Null(FieldCase.Open(s_sealed, policy: FieldCase.Policy.Replace("patient/3", "patient/4", StringComparison.Ordinal)));
        Assert.Null(FieldCase.Open(s_sealed, policy: FieldCase.Policy.Replace("\"/alias\", \"action\": \"encrypt\"", "\"/alias\", \"action\": \"sign\"", StringComparison.Ordinal)));
        Assert.NotNull(FieldCase.Open(s_sealed, policy: FieldCase.Policy.Replace("\n", " ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("policy", "sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Does_not_open_with_another_envelope(string name, string value)
    {
        var text = JsonNode.Parse(s_sealed)!;
        text[name] = value;
        Assert.Null(FieldCase.Open(text.ToJsonString()));
    }

    [Fact]
    public void A_key_version_in_the_envelope_that_is_not_the_key_s_does_not_open() =>
        Assert.Null(FieldCase.Open(s_sealed.Replace("\"key_version\":1", "\"key_version\":2", StringComparison.Ordinal)));

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"format\":\"amnion/sealed-fields/2\",\"policy\":\"\",\"key_version\":1,\"content\":1,\"signature\":\"\"}")]
    [InlineData("{\"format\":\"amnion/sealed-fields/1\",\"policy\":\"\",\"key_version\":\"1\",\"content\":1,\"signature\":\"\"}")]
    [InlineData("{\"format\":\"amnion/sealed-fields/1\",\"policy\":\"\",\"key_version\":1,\"content\":1,\"signature\":\"AA\"}")]
    [InlineData("{\"format\":\"amnion/sealed-fields/1\",\"policy\":\"\",\"key_version\":1,\"content\":1,\"signature\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB\"}")]
    [InlineData("{\"format\":\"amnion/sealed-fields/1\",\"policy\":\"\",\"key_version\":1,\"content\":1,\"content\":2,\"signature\":\"AA\"}")]
    [InlineData("{\"format\":\"amnion/sealed-fields/1\",\"policy\":\"\",\"key_version\":1,\"content\":1,\"signature\":\"AA\",\"more\":1}")]
    public void Refuses_what_is_no_sealed_document(string text) =>
        Assert.Equal(FieldCodes.MalformedDocument, Assert.Throws<FieldFormatException>(() => FieldCase.Open(text)).Code);

    [Fact]
    public void Every_cut_is_refused()
    {
        for (var length = 0; length < s_sealed.Length; length += 7)
        {
            Assert.Throws<FieldFormatException>(() => FieldCase.Open(s_sealed[..length]));
        }
    }

    [Fact]
    public void No_mutation_crashes_or_opens_as_something_else()
    {
        var bytes = Encoding.UTF8.GetBytes(s_sealed);
        using var key = FieldCase.Key();
        using var protector = new FieldProtector(key, FieldCase.Read());
        var random = new Random(9);
        for (var i = 0; i < TokenFuzz.Iterations(3000); i++)
        {
            var bad = bytes.ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            }

            try
            {
                if (protector.TryOpen(bad, "doc-1", out var opened))
                {
                    // White space, and what is left alone, may change; nothing else.
                    Assert.Equal(Signed(FieldCase.Document), Signed(Encoding.UTF8.GetString(opened)));
                }
            }
            catch (FieldFormatException)
            {
            }
        }

        static string Signed(string document)
        {
            var json = JsonNode.Parse(document)!;
            json["cache"] = json["cache"]!["owner"]!.DeepClone();
            return json.ToJsonString();
        }
    }

    static void Swap(JsonArray array)
    {
        var first = array[0];
        array.RemoveAt(0);
        array.Add(first);
    }
}
