using System.CommandLine;
using System.Runtime.Versioning;
using Amnion.Cli.Images;
using Amnion.Images.Eif;

namespace Amnion.Cli.Commands;

/// <summary>`amnion image sign FILE`: signs an image, or replaces its signature.</summary>
[SupportedOSPlatform("linux")]
static class ImageSignCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "An EIF image" };
        var certificate = new Option<string>("--certificate") { Description = "Certificate, PEM", HelpName = "FILE", Required = true };
        var privateKey = new Option<string>("--private-key") { Description = "Its key, PEM, P-256, P-384 or P-521", HelpName = "FILE", Required = true };
        var target = new Option<string?>("--output") { Description = "Where the signed image goes (default: FILE itself)", HelpName = "FILE" };
        return new Command("sign", "Sign an image, or sign it anew") { Arguments = { file }, Options = { certificate, privateKey, target } }.Runs((parsed, output, _) =>
        {
            var path = ImageFiles.Require(parsed.GetValue(file)!);
            var destination = Path.GetFullPath(parsed.GetValue(target) ?? path);
            using var signer = SignerFiles.Open(parsed.GetValue(certificate), parsed.GetValue(privateKey))!;
            var fresh = destination + ".new";
            try
            {
                using (var stream = new FileStream(fresh, FileMode.Create, FileAccess.ReadWrite))
                {
                    var registers = signer.Sign(EifImage.Open(path), stream);
                    if (output.Json)
                    {
                        output.Object(json =>
                        {
                            json.WriteStartObject();
                            NitroJson.WriteMeasurements(json, registers);
                            json.WriteEndObject();
                        });
                    }
                    else
                    {
                        output.Line($"signed; PCR8 {registers.Certificate!.Value.Hex}");
                    }
                }

                File.Move(fresh, destination, overwrite: true);
            }
            finally
            {
                File.Delete(fresh);
            }

            return Task.FromResult(ExitCode.Accepted);
        });
    }
}
