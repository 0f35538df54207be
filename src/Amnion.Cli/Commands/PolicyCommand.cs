using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text;
using Amnion.Attestation;
using Amnion.Cli.Terminal;

namespace Amnion.Cli.Commands;

/// <summary>`amnion policy from FILE`: a policy from good Evidence, for a person to review.</summary>
static class PolicyCommand
{
    public static Command Create() => new("policy", "Appraisal policies") { CreateFrom() };

    static Command CreateFrom()
    {
        var file = new Argument<string>("FILE") { Description = "Evidence that you know to be good" };
        var endorsements = EndorsementOption.Create();
        var at = TimeOption.Create();
        var anchor = new Option<string[]>("--anchor") { Description = "Trust anchor as sha256:HEX of its key, where the manufacturer publishes none; repeatable", HelpName = "DIGEST" };
        var skip = new Option<string[]>("--may-skip") { Description = "Code of a check that may go unmade, for example AMN-X509-0019 without revocation lists; repeatable", HelpName = "CODE" };
        var named = new Option<string?>("--platform") { Description = "Platform to name: local or qemu where a Nitro document is an emulated enclave's (default: the Evidence's own)", HelpName = "NAME" };
        var target = new Option<string?>("--output") { Description = "Write the policy to this file instead of stdout", HelpName = "FILE" };
        return new Command("from", "Write a policy that pins what a file of good Evidence shows")
        {
            Arguments = { file },
            Options = { endorsements, at, anchor, skip, named, target },
        }.Runs((parsed, output, _) =>
        {
            var (bytes, evidence) = EvidenceFile.Read(parsed.GetValue(file)!);
            var anchors = (parsed.GetValue(anchor) ?? []).Select(Measurement.Parse).ToImmutableArray();
            var platform = parsed.GetValue(named) ?? evidence.Platform;
            if (platform != evidence.Platform && !(evidence.Platform == AttestationPlatform.Nitro && AttestationPlatform.IsEmulated(platform)))
            {
                throw new CliException(ExitCode.Malformed, $"the Evidence is for {evidence.Platform}, not for \"{platform}\"", "leave --platform out; it is for Nitro documents of emulated enclaves", AttestationCodes.PlatformMismatch);
            }

            if (anchors.IsEmpty && ManufacturerRoots.Of(platform).IsEmpty)
            {
                throw new CliException(ExitCode.Malformed, $"no root is published for {platform}", "name it with --anchor sha256:HEX, the SHA-256 of its SubjectPublicKeyInfo", AttestationCodes.PolicyAnchorUnfit);
            }

            var time = TimeOption.Read(parsed.GetValue(at));
            var draft = PolicyDraft.From(bytes, anchors, [.. parsed.GetValue(skip) ?? []], new AppraisalContext { Now = time ?? TimeProvider.System.GetUtcNow(), AuditTime = time, Endorsements = EndorsementOption.Read(parsed.GetValue(endorsements)) }, platform);
            if (draft.Policy is null)
            {
                CheckListing.Write(output, draft.Result);
                throw new CliException(ExitCode.Rejected, draft.Remarks[0], "amnion verify FILE --explain says what failed and what it means", draft.Result.Failures.FirstOrDefault()?.Code);
            }

            Write(draft, parsed.GetValue(target), output);
            return Task.FromResult(ExitCode.Accepted);
        });
    }

    static void Write(PolicyDraft draft, string? target, Output output)
    {
        var json = draft.Policy!.ToJson();
        foreach (var remark in draft.Remarks)
        {
            output.Note(remark);
        }

        if (target is not null)
        {
            File.WriteAllBytes(target, json);
            output.Done(string.Create(CultureInfo.InvariantCulture, $"wrote {json.Length} bytes to {target}; review it"));
        }
        else if (output.Json)
        {
            output.Object(writer => writer.WriteRawValue(json));
        }
        else
        {
            output.Line(Encoding.UTF8.GetString(json));
        }
    }
}
