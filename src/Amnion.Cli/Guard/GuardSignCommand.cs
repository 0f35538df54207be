using System.CommandLine;
using Amnion.Cli.Commands;
using Amnion.Cli.Deployment;
using Amnion.Guard.Packs;

namespace Amnion.Cli.GuardCommands;

/// <summary>`amnion guard sign POLICY --private-key KEY.pem --output FILE`: an envelope that says who wrote a policy.</summary>
static class GuardSignCommand
{
    public static Command Create()
    {
        var policy = new Argument<string>("POLICY") { Description = "standard, none, or a policy's file" };
        var privateKey = new Option<string>("--private-key") { Description = "The signer's key, PEM, P-256, P-384 or P-521", HelpName = "FILE", Required = true };
        var target = new Option<string>("--output") { Description = "Where the signed policy goes", HelpName = "FILE", Required = true };
        return new Command("sign", "Sign a guard policy (DSSE)") { Arguments = { policy }, Options = { privateKey, target } }.Runs((parsed, output, _) =>
        {
            var read = GuardFile.Named(parsed.GetValue(policy)!);
            using var key = GuardFile.Key(parsed.GetValue(privateKey)!);
            SignedGuardPolicy signed;
            try
            {
                signed = SignedGuardPolicy.Sign(read, key);
            }
            catch (Exception e) when (e is ArgumentException or System.Security.Cryptography.CryptographicException)
            {
                throw new CliException(ExitCode.Malformed, $"\"{parsed.GetValue(privateKey)}\" holds no private key on P-256, P-384 or P-521", "pass the private key, not its public part", PackCodes.NotSigned, e);
            }

            File.WriteAllBytes(parsed.GetValue(target)!, signed.ToJson());
            output.Line($"signed {read.Name} {read.Version}, {read.Digest}");
            return Task.FromResult(ExitCode.Accepted);
        });
    }
}
