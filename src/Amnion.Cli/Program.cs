using System.CommandLine;
using Amnion.Cli;
using Amnion.Cli.Commands;
using Amnion.Cli.EndorsementCollection;
using Amnion.Cli.Fields;
using Amnion.Cli.GuardCommands;
using Amnion.Cli.Terminal;

var root = new RootCommand("Runs AI models where the operator can read neither the prompt nor the weights, and where every caller can check that first.");
root.Options.Add(CommandFrame.Json);
foreach (var command in (Command[])[.. LinuxCommands.Create(), VerifyCommand.Create(), PolicyCommand.Create(), DiffCommand.Create(), ConformanceCommand.Create(), EndorsementsCommand.Create(), ReceiptCommand.Create(), GuardCommand.Create(), FieldCommand.Create(), ProxyCommand.Create(), DoctorCommand.Create()])
{
    root.Subcommands.Add(command);
}

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    new Output(args.Contains("--json"), Console.Out, Console.Error).Error(parsed.Errors[0].Message.TrimEnd('.'), "amnion --help lists the commands; amnion COMMAND --help one command's options", null);
    return ExitCode.Malformed;
}

return await Interruption.RunAsync(parsed);
