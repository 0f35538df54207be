using System.CommandLine;
using System.Runtime.Versioning;
using Amnion.Cli.Images;
using Amnion.Images;
using Amnion.Images.Content;
using Amnion.Images.Signing;

namespace Amnion.Cli.Commands;

/// <summary>`amnion image pcr`: the register of one file or of a signing certificate, as nitro-cli pcr.</summary>
[SupportedOSPlatform("linux")]
static class ImagePcrCommand
{
    public static Command Create()
    {
        var input = new Option<string?>("--input") { Description = "A file: SHA-384 of 48 zero bytes and the file's SHA-384", HelpName = "FILE" };
        var certificate = new Option<string?>("--signing-certificate") { Description = "A certificate, PEM: the value of PCR8", HelpName = "FILE" };
        return new Command("pcr", "Compute the register of a file or of a signing certificate") { Options = { input, certificate } }.Runs((parsed, output, _) =>
        {
            var (name, value) = (parsed.GetValue(input), parsed.GetValue(certificate)) switch
            {
                ({ } path, null) => ("PCR", ImageRegisters.OfContent(ImageContent.FromFile(ImageFiles.Require(path)))),
                (null, { } path) => ("PCR8", ImageRegisters.OfContent(EifSignature.ReadCertificate(BoundedFile.Read(path, 64 * 1024)))),
                _ => throw new CliException(ExitCode.Malformed, "nothing to compute", "pass either --input FILE or --signing-certificate FILE"),
            };
            if (output.Json)
            {
                output.Object(json =>
                {
                    json.WriteStartObject();
                    json.WriteString(name, value.Hex);
                    json.WriteEndObject();
                });
            }
            else
            {
                output.Line($"{name} {value.Hex}");
            }

            return Task.FromResult(ExitCode.Accepted);
        });
    }
}
