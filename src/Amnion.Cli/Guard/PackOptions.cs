using System.CommandLine;
using Amnion.Cli.Deployment;
using Amnion.Guard.Packs;
using Amnion.Guard.Pipeline;

namespace Amnion.Cli.GuardCommands;

/// <summary>Which policy's pack is asked: `--guard`, `--tenant` and `--path`.</summary>
sealed class PackOptions
{
    readonly Option<string> _guard = new("--guard") { Description = "standard, none, or a policy's file", HelpName = "POLICY", DefaultValueFactory = _ => "standard" };
    readonly Option<string> _tenant = new("--tenant") { Description = "The tenant whose pack is asked", HelpName = "NAME", DefaultValueFactory = _ => "default" };
    readonly Option<string> _path = new("--path") { Description = "The API's path whose pack is asked", HelpName = "PATH", DefaultValueFactory = _ => "/v1/chat/completions" };

    public void AddTo(Command command)
    {
        command.Options.Add(_guard);
        command.Options.Add(_tenant);
        command.Options.Add(_path);
    }

    /// <summary>The pack and a session of it, owned by the receiver.</summary>
    /// <exception cref="CliException">The file holds no policy, or no route fits.</exception>
    public (GuardPack Pack, GuardSession Session) Begin(ParseResult parsed)
    {
        var (policy, tenant, path) = (GuardFile.Named(parsed.GetValue(_guard)!), parsed.GetValue(_tenant)!, parsed.GetValue(_path)!);
        return policy.PackFor(tenant, path) is { } pack && new GuardPipeline(policy).Begin(tenant, path) is { } session
            ? (pack, session)
            : throw new CliException(ExitCode.Rejected, "no route of the policy is for this tenant and path", "add a route, or pass --tenant and --path", PackCodes.NoRoute);
    }
}
