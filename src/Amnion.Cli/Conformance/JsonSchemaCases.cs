using System.Text.Json;

namespace Amnion.Cli.Conformance;

/// <summary>The layout of the Tinfoil cases, "json_schemas": every schema must be readable to the last keyword, or what fits it would mean nothing.</summary>
static class JsonSchemaCases
{
    public static CaseAnswer Run(ConformanceCase item)
    {
        var files = item.Files("schema");
        foreach (var file in files)
        {
            using var schema = JsonDocument.Parse(file);
            JsonSchemaKeywords.RequireKnown(schema.RootElement);
        }

        return new CaseAnswer(files.Count > 0 ? "schema" : "invalid");
    }
}
