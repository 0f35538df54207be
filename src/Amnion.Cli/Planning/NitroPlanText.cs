using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Amnion.Cli.Enclaves;
using Amnion.Cli.Terminal;
using Amnion.Images;

namespace Amnion.Cli.Planning;

/// <summary>A plan as pages to read, or as one JSON object.</summary>
static class NitroPlanText
{
    // The marks in angle brackets are to be read by people.
    static readonly JsonWriterOptions s_readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Prints it.</summary>
    public static void Write(Output output, NitroPlan plan, EnclaveImageFacts image)
    {
        if (output.Json)
        {
            output.Object(json => WriteJson(json, plan, image));
            return;
        }

        output.Line(string.Create(CultureInfo.InvariantCulture, $"image      {Path.GetFileName(image.Path)}: {image.Bytes} bytes, {image.ArchitectureName}, {(image.IsSigned ? "signed" : "not signed")}"));
        foreach (var (number, value) in plan.Registers)
        {
            output.Line(string.Create(CultureInfo.InvariantCulture, $"PCR{number,-8}{value}"));
        }

        Section(output, "review before you carry it out");
        foreach (var item in plan.Review)
        {
            output.Line("- " + item);
        }

        Section(output, "memory and processors");
        foreach (var line in plan.Resources.Explain())
        {
            output.Line(line);
        }

        output.Line(string.Create(CultureInfo.InvariantCulture, $"{plan.Resources.Cpus,7} processors"));
        Section(output, "key-policy.json");
        output.Line(Json(plan.WriteKeyPolicy));
        Section(output, "trust-policy.json");
        output.Line(Json(NitroPlan.WriteTrustPolicy));
        Section(output, "role-policy.json");
        output.Line(Json(plan.WriteRolePolicy));
        Section(output, "allocator.yaml");
        output.Text(plan.Allocator);
        Section(output, "amnion.service");
        output.Text(plan.Unit);
        Section(output, "commands");
        foreach (var command in plan.Commands)
        {
            output.Line(command);
        }
    }

    static void Section(Output output, string title)
    {
        output.Line();
        output.Line($"== {title}");
    }

    static string Json(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, s_readable))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    static void WriteJson(Utf8JsonWriter json, NitroPlan plan, EnclaveImageFacts image)
    {
        json.WriteStartObject();
        json.WriteStartObject("Image");
        json.WriteString("File", Path.GetFileName(image.Path));
        json.WriteNumber("Bytes", image.Bytes);
        json.WriteString("Architecture", image.ArchitectureName);
        json.WriteBoolean("IsSigned", image.IsSigned);
        json.WriteString("InstalledAs", plan.ImagePath);
        json.WriteEndObject();
        json.WriteStartObject("Measurements");
        json.WriteString("HashAlgorithm", ImageRegisters.HashAlgorithm);
        foreach (var (number, value) in plan.Registers)
        {
            json.WriteString(string.Create(CultureInfo.InvariantCulture, $"PCR{number}"), value.ToString());
        }

        json.WriteEndObject();
        json.WriteNumber("MemoryMiB", plan.Resources.MemoryBytes >> 20);
        json.WriteNumber("NumberOfCPUs", plan.Resources.Cpus);
        Texts(json, "MemoryExplained", plan.Resources.Explain());
        json.WritePropertyName("KeyPolicy");
        plan.WriteKeyPolicy(json);
        json.WritePropertyName("TrustPolicy");
        NitroPlan.WriteTrustPolicy(json);
        json.WritePropertyName("RolePolicy");
        plan.WriteRolePolicy(json);
        json.WriteString("Allocator", plan.Allocator);
        json.WriteString("SystemdUnit", plan.Unit);
        Texts(json, "Commands", plan.Commands);
        Texts(json, "Review", plan.Review);
        json.WriteEndObject();
    }

    static void Texts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
