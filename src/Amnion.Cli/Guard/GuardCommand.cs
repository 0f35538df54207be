using System.CommandLine;

namespace Amnion.Cli.GuardCommands;

/// <summary>`amnion guard …`: the guard's checks, outside an enclave.</summary>
static class GuardCommand
{
    public static Command Create() => new("guard", "Try and measure the checks that stand before and after the model")
    {
        GuardTestCommand.Create(explain: false),
        GuardTestCommand.Create(explain: true),
        GuardShowCommand.Create(),
        GuardSignCommand.Create(),
        GuardVerifyCommand.Create(),
        GuardEvalCommand.Create(),
    };
}
