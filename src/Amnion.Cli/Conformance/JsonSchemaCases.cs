using System.Text.Json;

namespace Amnion.Cli.Conformance;

/// <summary>The layout of the Tinfoil cases, "json_schemas": every schema must be readable to the last keyword, or what fits it would mean nothing.</summary>
static class JsonSchemaCases
{
    public static CaseAnswer Run(ConformanceCase item)
    {
        foreach (var file in item.Files("schema"))
        {
            using var schema = JsonDocument.Parse(file);
            new JsonSchema(schema.RootElement).RequireKnownKeywords();
        }

        return new CaseAnswer("schema");
    }
}
