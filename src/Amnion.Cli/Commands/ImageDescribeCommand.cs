using System.CommandLine;
using System.Globalization;
using System.Runtime.Versioning;
using System.Text.Json;
using Amnion.Cli.Images;
using Amnion.Cli.Terminal;
using Amnion.Images;
using Amnion.Images.Building;
using Amnion.Images.Eif;
using Amnion.Images.Explaining;

namespace Amnion.Cli.Commands;

/// <summary>`amnion image describe FILE`: sections, registers, signature and metadata; with --tcb what must be trusted.</summary>
[SupportedOSPlatform("linux")]
static class ImageDescribeCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "An EIF image" };
        var tcb = new Option<bool>("--tcb") { Description = "Say what must be trusted: bytes, and lines of source where they were counted" };
        return new Command("describe", "Show an image's registers, signature and metadata") { Arguments = { file }, Options = { tcb } }.Runs((parsed, output, _) =>
        {
            var path = ImageFiles.Require(parsed.GetValue(file)!);
            var image = EifImage.Open(path);
            var measured = image.Measure();
            var parts = parsed.GetValue(tcb) ? Trust(path, image, measured) : null;
            if (output.Json)
            {
                output.Object(json => WriteJson(json, image, measured, parts));
            }
            else if (parts is not null)
            {
                WriteTrust(output, parts);
            }
            else
            {
                WriteText(output, image, measured);
            }

            return Task.FromResult(ExitCode.Accepted);
        });
    }

    static void WriteJson(Utf8JsonWriter json, EifImage image, EifMeasurement measured, IReadOnlyList<TrustPart>? parts)
    {
        json.WriteStartObject();
        NitroJson.WriteDescription(json, image, measured);
        if (parts is not null)
        {
            json.WriteStartArray("Tcb");
            foreach (var part in parts)
            {
                json.WriteStartObject();
                json.WriteString("Name", part.Name);
                json.WriteNumber("Files", part.Files);
                json.WriteNumber("Bytes", part.Bytes);
                if (part.Lines is { } lines)
                {
                    json.WriteNumber("Lines", lines);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    static void WriteText(Output output, EifImage image, EifMeasurement measured)
    {
        output.Line($"EIF version 4, {image.Architecture switch { ImageArchitecture.Arm64 => "aarch64", _ => "x86_64" }}, {image.Length} bytes, checksum {(measured.ChecksumMatches ? "right" : "WRONG: the file is damaged")}");
        foreach (var (name, section) in ImageContents.Sections(image))
        {
            var registers = ImageContents.RegistersOf(name);
            output.Line(string.Create(CultureInfo.InvariantCulture, $"  {name,-10} {section.Content.Length,12} bytes  {(registers.IsEmpty ? "not measured" : "PCR" + string.Join(", PCR", registers))}"));
        }

        output.Line($"  command line: {image.CommandLine}");
        foreach (var (register, value) in measured.Registers.ByNumber)
        {
            output.Line($"  PCR{register} {value.Hex}");
        }

        output.Line(image.IsSigned ? "  signed (amnion image verify checks the signature)" : "  not signed: PCR8 is zero");
    }

    // Sizes come from the image itself; the list beside it adds only lines, and only where it is this image's.
    static IReadOnlyList<TrustPart> Trust(string path, EifImage image, EifMeasurement measured)
    {
        var list = ImageInputs.PathFor(path);
        var lines = File.Exists(list) && ImageInputs.Parse(BoundedFile.Read(list, ImageInputs.MaxLength)) is { } inputs && inputs.Registers.Image == measured.Registers.Image ? inputs.Lines : null;
        return TrustPart.List(ImageContents.List(image), lines ?? System.Collections.Immutable.ImmutableSortedDictionary<string, long>.Empty);
    }

    static void WriteTrust(Output output, IReadOnlyList<TrustPart> parts)
    {
        output.Line("What must be trusted inside this image:");
        foreach (var part in parts)
        {
            output.Line(string.Create(CultureInfo.InvariantCulture, $"  {part.Name,-14} {part.Files,6} files {part.Bytes,12} bytes{(part.Lines is { } lines ? $" {lines,9} lines" : "")}"));
        }

        output.Line(string.Create(CultureInfo.InvariantCulture, $"  {"together",-14} {parts.Sum(part => part.Files),6} files {parts.Sum(part => part.Bytes),12} bytes"));
    }
}
