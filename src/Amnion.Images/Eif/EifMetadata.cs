using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Amnion.Images.Building;
using Amnion.Images.Specification;

namespace Amnion.Images.Eif;

/// <summary>The metadata section in the shape and order of AWS's builder. It is not measured: whoever handles the file can say anything here.</summary>
static class EifMetadata
{
    public static byte[] Write(ImageBuildRequest request)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("ImageName", request.Specification.Name);
            json.WriteString("ImageVersion", request.Specification.Version);
            json.WriteStartObject("BuildMetadata");
            json.WriteString("BuildTime", request.Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'+00:00'", CultureInfo.InvariantCulture));
            json.WriteString("BuildTool", "amnion");
            json.WriteString("BuildToolVersion", request.ToolVersion);
            json.WriteString("OperatingSystem", "Linux");
            json.WriteString("KernelVersion", request.KernelVersion);
            json.WriteEndObject();
            json.WriteNull("DockerInfo");
            json.WriteStartObject("CustomMetadata");
            json.WriteString("Architecture", ImageSpecification.NameOf(request.Specification.Architecture));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
