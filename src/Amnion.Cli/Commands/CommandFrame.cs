using System.CommandLine;
using Amnion.Cli.Terminal;
using Amnion.Client;
using Amnion.Host;
using Amnion.KeyBroker;
using Amnion.Models.Chat;
using Amnion.Models.Gguf;
using Amnion.Models.Manifest;
using Amnion.Models.Sealed;
using Amnion.Records;

namespace Amnion.Cli.Commands;

/// <summary>What every command shares: --json, and one place where a failure becomes an error a person can act on and an exit code.</summary>
static class CommandFrame
{
    public static Option<bool> Json { get; } = new("--json") { Description = "Print one JSON object on stdout", Recursive = true };

    /// <summary>Sets a command's action.</summary>
    public static Command Runs(this Command command, Func<ParseResult, Output, CancellationToken, Task<int>> run)
    {
        command.SetAction(async (parsed, cancellation) =>
        {
            // A command that computes does so off the caller's thread, which must go on to see a signal.
            await Task.Yield();
            var output = new Output(parsed.GetValue(Json), Console.Out, Console.Error);
            return await GuardAsync(output, () => run(parsed, output, cancellation)).ConfigureAwait(false);
        });
        return command;
    }

    public static async Task<int> GuardAsync(Output output, Func<Task<int>> run)
    {
        try
        {
            return await run().ConfigureAwait(false);
        }
        catch (Exception e) // boundary: the process ends with this error
        {
            var (exit, message, hint, code) = Describe(e);
            output.Error(message, hint, code);
            return exit;
        }
    }

    /// <summary>Exit code, message, hint and stable code of a failure.</summary>
    public static (int Exit, string Message, string Hint, string? Code) Describe(Exception exception) => exception switch
    {
        CliException e => (e.ExitCode, e.Message, e.Hint, e.Code),
        KeyReleaseRefusedException { Code: HostCodes.KmsRefused } e => (ExitCode.Rejected, Plain(e.Message, e.Code), $"look up {e.Code} in docs/diagnostics.md; AWS CloudTrail has the Decrypt request with the registers it named", e.Code),
        Amnion.Host.Aws.KmsRefusedException e => (ExitCode.Rejected, Lower(e.Message), $"look up {e.Code} in docs/diagnostics.md", e.Code),
        KeyReleaseRefusedException e => (ExitCode.Rejected, $"the key broker refused to release the key: {Plain(e.Message, e.Code)}", $"look up {RefusalCode(e)} in docs/diagnostics.md; amnion key audit lists every decision", RefusalCode(e)),
        Amnion.Records.Frames.FrameFailedException e => (ExitCode.Rejected, "the enclave refused to go on", $"look up {e.Code} in docs/diagnostics.md", e.Code),
        AmnionClientException e when IsRefusal(e.Code) => (ExitCode.Rejected, Lower(e.Message), $"look up {e.Code} in docs/diagnostics.md; amnion verify URL --policy FILE lists every check", e.Code),
        AmnionClientException { Code: ClientCodes.EvidenceMalformed } e => (ExitCode.Malformed, Lower(e.Message), $"look up {e.Code} in docs/diagnostics.md", e.Code),
        AmnionClientException e => (ExitCode.Internal, Lower(e.Message), $"look up {e.Code} in docs/diagnostics.md", e.Code),
        Amnion.Host.Local.SandboxException e => (ExitCode.Unsupported, Lower(e.Message), "run amnion doctor; to go on without the missing layers pass --dangerous-allow-missing-layers", e.Code),
        Amnion.Host.Nitro.EnclaveResourcesException e => (ExitCode.Unsupported, Lower(e.Message), e.Hint, e.Code),
        Amnion.Host.Nitro.NitroException e => (ExitCode.Internal, Lower(e.Message), e.Hint, e.Code),
        HostException e => (ExitCode.Internal, Lower(e.Message), $"look up {e.Code} in docs/diagnostics.md", e.Code),
        KeyBrokerException { Code: KeyBrokerCodes.KeyUnknown or KeyBrokerCodes.KeyExists or KeyBrokerCodes.KeyRevoked or KeyBrokerCodes.KeyNameInvalid or KeyBrokerCodes.TenantInvalid or KeyBrokerCodes.TenantUnknown or KeyBrokerCodes.ApiKeyExists } e =>
            (ExitCode.Malformed, Plain(e.Message, e.Code), "amnion key list and amnion tenant list show what there is", e.Code),
        KeyBrokerException e => (ExitCode.Internal, Plain(e.Message, e.Code), $"look up {e.Code} in docs/diagnostics.md", e.Code),
        SealedPackageException e => (ExitCode.Rejected, Plain(e.Message, e.Code), $"look up {e.Code} in docs/diagnostics.md", e.Code),
        ManifestFormatException e => (ExitCode.Rejected, Plain(e.Message, e.Code), $"look up {e.Code} in docs/diagnostics.md", e.Code),
        GgufFormatException e => (ExitCode.Malformed, Plain(e.Message, e.Code), $"look up {e.Code} in docs/diagnostics.md; the file must be a GGUF version 3 of an allow-listed architecture", e.Code),
        ChatTemplateException e => (ExitCode.Unsupported, Plain(e.Message, e.Code), $"look up {e.Code} in docs/diagnostics.md", e.Code),
        RecordFormatException e => (ExitCode.Malformed, Lower(e.Message), "check that the file is what its name says, and of this version", null),
        Amnion.Attestation.EvidenceFormatException e => (ExitCode.Malformed, Lower(e.Message), $"look up {e.Code} in docs/diagnostics.md", e.Code),
        Amnion.Images.ImageFormatException e => (ExitCode.Malformed, Lower(e.Message), $"look up {e.Code} in docs/diagnostics.md", e.Code),
        Amnion.Images.Specification.ImageSpecificationException e => (ExitCode.Malformed, Lower(e.Message), "docs/specs/image.md has every key of the file", e.Code),
        Amnion.Images.ImageException e => (ExitCode.Malformed, Lower(e.Message), $"look up {e.Code} in docs/diagnostics.md", e.Code),
        Amnion.Guard.Fields.FieldFormatException e => (ExitCode.Malformed, Lower(e.Message), $"look up {e.Code} in docs/diagnostics.md", e.Code),
        Amnion.Guard.Fields.FieldException { Code: Amnion.Guard.Fields.FieldCodes.TokenNotOpened } e => (ExitCode.Rejected, Lower(e.Message), "key, key version, tenant and field must be those it was made with", e.Code),
        Amnion.Guard.Fields.FieldException e => (ExitCode.Malformed, Lower(e.Message), $"look up {e.Code} in docs/diagnostics.md", e.Code),
        FormatException e => (ExitCode.Malformed, Lower(e.Message), "check that the file is what its name says", null),
        FileNotFoundException or DirectoryNotFoundException => (ExitCode.Malformed, Lower(exception.Message), "check the path", CliCodes.FileUnreadable),
        UnauthorizedAccessException => (ExitCode.Malformed, Lower(exception.Message), "check the file's permissions", CliCodes.FileUnreadable),
        OperationCanceledException => (ExitCode.Internal, "interrupted", "run the command again", null),
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } => (ExitCode.Internal, Lower(exception.Message), "stop what listens there, or pass another address with --listen or --relay", CliCodes.AddressInUse),
        IOException => (ExitCode.Internal, Lower(exception.Message), "check the disk and the path", null),
        _ => (ExitCode.Internal, $"internal error: {exception.GetType().Name}", "please report it with the command you typed; it holds no prompt and no key", null),
    };

    /// <summary>The code of the first failed check, where the broker listed checks; otherwise the broker's own.</summary>
    public static string RefusalCode(KeyReleaseRefusedException refusal) => refusal.Checks.IsDefaultOrEmpty ? refusal.Code : refusal.Checks[0].Code;

    /// <summary>True for what a client refuses because it cannot be trusted, as opposed to what did not arrive.</summary>
    public static bool IsRefusal(string? clientCode) => clientCode is ClientCodes.EvidenceRefused or ClientCodes.NoCommonSuite or ClientCodes.AnswerNotSealed or ClientCodes.AnswerRefused or ClientCodes.AnswerTruncated or ClientCodes.ReceiptRefused;

    /// <summary>A message without its own code, which is shown after it.</summary>
    public static string Plain(string message, string code) =>
        Lower(message.Replace($" ({code})", "", StringComparison.Ordinal).Replace($"{code}: ", "", StringComparison.Ordinal));

    public static string Lower(string message)
    {
        var text = message.Trim().TrimEnd('.');
        return text.Length > 1 && char.IsUpper(text[0]) && !char.IsUpper(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;
    }
}
