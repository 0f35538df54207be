using System.Text;
using Amnion.Guard.Fields;
using Amnion.Guard.Tokens;

namespace Amnion.Guard.Tests.Fields;

/// <summary>One key, one policy and one document for the tests of this folder.</summary>
static class FieldCase
{
    public const string Policy = """
        {
          "format": "amnion/field-policy/1",
          "schema": "patient/3",
          "fields": [
            { "pointer": "/name", "action": "encrypt" },
            { "pointer": "/alias", "action": "encrypt" },
            { "pointer": "/mrn", "action": "encrypt-deterministic" },
            { "pointer": "/card", "action": "tokenize", "alphabet": "digits", "separators": " -", "keep_first": 6, "luhn": "preserve" },
            { "pointer": "/visits/*/diagnosis", "action": "encrypt" },
            { "pointer": "/visits/*/ward", "action": "sign" },
            { "pointer": "/cache", "action": "none" },
            { "pointer": "/cache/owner", "action": "sign" }
          ]
        }
        """;

    public const string Document = """
        {
          "name": "Ann \u00c4hrendt", "alias": "Annie", "mrn": 12345.00, "card": "4111 1111 1111 1111",
          "visits": [ { "diagnosis": {"icd": "E11.9", "since": 1e400}, "ward": 1.0 }, { "diagnosis": [null, true], "ward": 2 } ],
          "cache": { "owner": "a", "hits": 3 },
          "height": 1.70
        }
        """;

    public static TenantKey Key(string tenant = "acme", int version = 1, byte first = 1) => new([first, .. Enumerable.Range(2, 31).Select(i => (byte)i)], tenant, version);

    public static FieldPolicy Read(string policy = Policy) => FieldPolicy.Parse(Encoding.UTF8.GetBytes(policy));

    public static string Seal(string document, string id = "doc-1", string policy = Policy, int version = 1)
    {
        using var key = Key(version: version);
        using var protector = new FieldProtector(key, Read(policy));
        return Encoding.UTF8.GetString(protector.Seal(Encoding.UTF8.GetBytes(document), id));
    }

    /// <summary>The opened document, or null where it does not open.</summary>
    public static string? Open(string sealedDocument, string id = "doc-1", string policy = Policy, string tenant = "acme", int version = 1, byte first = 1)
    {
        using var key = Key(tenant, version, first);
        using var protector = new FieldProtector(key, Read(policy));
        var opened = protector.TryOpen(Encoding.UTF8.GetBytes(sealedDocument), id, out var document);
        Assert.True(opened || document.Length == 0);
        return opened ? Encoding.UTF8.GetString(document) : null;
    }
}
