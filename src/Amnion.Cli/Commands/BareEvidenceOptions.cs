using System.Collections.Immutable;
using System.CommandLine;
using Amnion.Attestation;

namespace Amnion.Cli.Commands;

/// <summary>What `amnion verify` takes for a bare file of Evidence, and for nothing else.</summary>
sealed record BareEvidenceOptions(Option<string[]> Endorsements, Option<string?> At, Option<string?> Nonce, Option<string?> Bound, Option<string?> EventLog)
{
    /// <summary>What the library replays at most.</summary>
    const int MaxLogLength = 16 * 1024 * 1024;

    public static BareEvidenceOptions Create() => new(
        EndorsementOption.Create(),
        TimeOption.Create(),
        new Option<string?>("--nonce") { Description = "The nonce that you gave the attester; without one freshness is not checked and the result says so", HelpName = "HEX" },
        new Option<string?>("--bound") { Description = "The value that REPORT_DATA, user_data or the qualifying data must hold, in the policy's form", HelpName = "HEX" },
        new Option<string?>("--event-log") { Description = "Event log to replay into the registers that the Evidence signs", HelpName = "FILE" });

    /// <summary>A URL or a kept bundle brings its own nonce, binding and time.</summary>
    public void Refuse(ParseResult parsed)
    {
        foreach (var option in (Option[])[Endorsements, At, Nonce, Bound, EventLog])
        {
            if (parsed.GetResult(option) is { Implicit: false })
            {
                throw new CliException(ExitCode.Malformed, $"{option.Name} is for a bare file of Evidence", "leave it out: a URL or a kept bundle brings its own", null);
            }
        }
    }

    public AppraisalContext Context(ParseResult parsed, ImmutableArray<ReadOnlyMemory<byte>> lists)
    {
        var endorsements = EndorsementOption.Read(parsed.GetValue(Endorsements));
        var time = TimeOption.Read(parsed.GetValue(At));
        var nonce = Hex(parsed.GetValue(Nonce), "--nonce");
        var bound = Hex(parsed.GetValue(Bound), "--bound");
        return new AppraisalContext
        {
            Now = time ?? TimeProvider.System.GetUtcNow(),
            AuditTime = time,
            // Without anything of the relying party's own the answer can only be an audit.
            AtDocumentTime = nonce is null && bound is null,
            Nonce = nonce,
            // A null array would convert to an empty value, which is another thing than none.
            ExpectedUserData = bound is null ? (ReadOnlyMemory<byte>?)null : bound,
            EventLog = parsed.GetValue(EventLog) is { } log ? BoundedFile.Read(log, MaxLogLength) : (ReadOnlyMemory<byte>?)null,
            Endorsements = endorsements with { RevocationLists = endorsements.RevocationLists.AddRange(lists) },
        };
    }

    static byte[]? Hex(string? text, string option)
    {
        try
        {
            return text is null ? null : Convert.FromHexString(text);
        }
        catch (FormatException)
        {
            throw new CliException(ExitCode.Malformed, $"{option} is not hexadecimal", "write two digits of 0-9 and a-f for each byte", null);
        }
    }
}
