using System.CommandLine;
using System.Text;
using Amnion.Cli.Commands;
using Amnion.Cli.Deployment;

namespace Amnion.Cli.GuardCommands;

/// <summary>`amnion guard show POLICY`: a policy as it is measured, and its digest, which relying parties name.</summary>
static class GuardShowCommand
{
    public static Command Create()
    {
        var policy = new Argument<string>("POLICY") { Description = "standard, none, or a policy's file" };
        return new Command("show", "Print a guard policy in its canonical form; its digest goes to stderr") { Arguments = { policy } }.Runs((parsed, output, _) =>
        {
            var shown = GuardFile.Named(parsed.GetValue(policy)!);
            output.Line(Encoding.UTF8.GetString(shown.ToJson()));
            output.Note(shown.Digest.ToString());
            return Task.FromResult(ExitCode.Accepted);
        });
    }
}
