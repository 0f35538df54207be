using System.CommandLine;
using System.Text;
using Amnion.Cli.Commands;
using Amnion.Cli.Deployment;

namespace Amnion.Cli.GuardCommands;

/// <summary>`amnion guard verify FILE --signer KEY.pem`: the policy of a signed file, printed only where the key signed it.</summary>
static class GuardVerifyCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A signed guard policy" };
        var signer = new Option<string>("--signer") { Description = "The signer's public key, PEM", HelpName = "FILE", Required = true };
        return new Command("verify", "Print a signed guard policy, where this key signed it; its digest goes to stderr") { Arguments = { file }, Options = { signer } }.Runs((parsed, output, _) =>
        {
            var policy = GuardFile.ReadSigned(parsed.GetValue(file)!, parsed.GetValue(signer)!);
            output.Line(Encoding.UTF8.GetString(policy.ToJson()));
            output.Note(policy.Digest.ToString());
            return Task.FromResult(ExitCode.Accepted);
        });
    }
}
