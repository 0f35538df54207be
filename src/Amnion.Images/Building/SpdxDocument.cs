using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Amnion.Images.Explaining;

namespace Amnion.Images.Building;

/// <summary>
/// The bill of materials of an image, SPDX 2.3 as JSON. Packages only: SPDX's file entries demand SHA-1, which is used nowhere here; the list of
/// inputs has every file with SHA-384. Nothing in it depends on the day of the build.
/// </summary>
static class SpdxDocument
{
    const string Image = "SPDXRef-Image";

    /// <summary>Where the document of an image stands.</summary>
    public static string PathFor(string image) => image + ".spdx.json";

    public static byte[] Write(ImageInputs list, ImageBuildRequest request)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            var created = request.Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            json.WriteStartObject();
            json.WriteString("spdxVersion", "SPDX-2.3");
            json.WriteString("dataLicense", "CC0-1.0");
            json.WriteString("SPDXID", "SPDXRef-DOCUMENT");
            json.WriteString("name", $"{list.Image.Name}-{list.Image.Version}");
            json.WriteString("documentNamespace", $"urn:amnion:image:{list.Registers.Image.Hex}");
            json.WriteStartObject("creationInfo");
            json.WriteString("created", created);
            json.WriteStartArray("creators");
            json.WriteStringValue($"Tool: amnion-{request.ToolVersion}");
            json.WriteEndArray();
            json.WriteEndObject();
            var identifiers = WritePackages(json, list, request);
            json.WriteStartArray("relationships");
            Relate(json, "SPDXRef-DOCUMENT", "DESCRIBES", Image);
            foreach (var identifier in identifiers)
            {
                Relate(json, Image, "CONTAINS", identifier);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    static List<string> WritePackages(Utf8JsonWriter json, ImageInputs list, ImageBuildRequest request)
    {
        var identifiers = new List<string>();
        json.WriteStartArray("packages");
        Package(json, Image, list.Image.Name, list.Image.Version, "OPERATING-SYSTEM", list.Sha384.Hex, null);
        foreach (var package in list.Inputs.Select(input => input.Package).OfType<DebianPackage>().Distinct().OrderBy(package => package.Name, StringComparer.Ordinal))
        {
            identifiers.Add(Identifier("Package", package.Name));
            Package(json, identifiers[^1], package.Name, package.Version, "LIBRARY", null, $"pkg:deb/debian/{Uri.EscapeDataString(package.Name)}@{Uri.EscapeDataString(package.Version)}?arch={Uri.EscapeDataString(package.Architecture)}");
        }

        // Files of a foreign root file system stand in the list of inputs only: they are many, and their image's own bill names them better.
        foreach (var input in list.Inputs.Where(input => input.Package is null && input.Section != ImageInput.Build && !input.Path.StartsWith(WorkloadPrefix, StringComparison.Ordinal)))
        {
            identifiers.Add(Identifier("Input", $"{input.Section}-{input.Path}"));
            var (name, version) = input.Section == ImageContents.Kernel ? ("linux", request.KernelVersion)
                : input.Path == "nsm.ko" ? (input.Path, request.KernelVersion)
                : input.Path.StartsWith("app/lib/", StringComparison.Ordinal) ? (input.Path, request.Specification.Engine)
                : (input.Path, request.ToolVersion);
            Package(json, identifiers[^1], name, version, "FILE", input.Sha384.Hex, null);
        }

        json.WriteEndArray();
        return identifiers;
    }

    const string WorkloadPrefix = "workload/";

    static void Package(Utf8JsonWriter json, string identifier, string name, string version, string purpose, string? sha384, string? purl)
    {
        json.WriteStartObject();
        json.WriteString("SPDXID", identifier);
        json.WriteString("name", name);
        json.WriteString("versionInfo", version);
        json.WriteString("downloadLocation", "NOASSERTION");
        json.WriteBoolean("filesAnalyzed", false);
        json.WriteString("primaryPackagePurpose", purpose);
        if (sha384 is not null)
        {
            json.WriteStartArray("checksums");
            json.WriteStartObject();
            json.WriteString("algorithm", "SHA384");
            json.WriteString("checksumValue", sha384);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        if (purl is not null)
        {
            json.WriteStartArray("externalRefs");
            json.WriteStartObject();
            json.WriteString("referenceCategory", "PACKAGE-MANAGER");
            json.WriteString("referenceType", "purl");
            json.WriteString("referenceLocator", purl);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    static void Relate(Utf8JsonWriter json, string from, string type, string to)
    {
        json.WriteStartObject();
        json.WriteString("spdxElementId", from);
        json.WriteString("relationshipType", type);
        json.WriteString("relatedSpdxElement", to);
        json.WriteEndObject();
    }

    // SPDX identifiers are letters, digits, '.' and '-'; what else a path holds is written by its number, so that two paths stay two.
    static string Identifier(string kind, string name) =>
        $"SPDXRef-{kind}-{string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c.ToString() : string.Create(CultureInfo.InvariantCulture, $"-{(int)c:x2}-")))}";
}
