using System.CommandLine;
using Amnion.Cli.Deployment;
using Amnion.Host.Local;
using Amnion.Host.Qemu;
using Amnion.Sealing;

namespace Amnion.Cli.Commands;

/// <summary>`amnion doctor`: what this machine can and cannot do, and what to type about it.</summary>
static class DoctorCommand
{
    public static Command Create() => new Command("doctor", "Say what this machine can and cannot do").Runs(async (_, output, cancellation) =>
    {
        List<SandboxFinding> findings = OperatingSystem.IsLinux() ? [.. await SandboxCheck.RunAsync(cancellation).ConfigureAwait(false)] : [new("enclaves", false, "run on Linux only", "verifier, client and proxy work here")];
        findings.Add(Hpke.IsSupported(HpkeKem.X25519)
            ? new("X25519", true, "libcrypto offers it", "")
            : new("X25519", false, "libcrypto.so.3 is missing or lacks it", "the P-256 suites are used; install libssl3 for X25519"));
        findings.Add(Program());
        findings.Add(Qemu());
        var complete = findings.All(finding => finding.Fine);
        if (output.Json)
        {
            output.Object(json =>
            {
                json.WriteStartObject();
                json.WriteBoolean("complete", complete);
                json.WriteStartArray("findings");
                foreach (var finding in findings)
                {
                    json.WriteStartObject();
                    json.WriteString("name", finding.Name);
                    json.WriteBoolean("ok", finding.Fine);
                    json.WriteString("detail", finding.Detail);
                    json.WriteString("hint", finding.Hint);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            });
        }
        else
        {
            foreach (var finding in findings)
            {
                output.Line($"  {(finding.Fine ? "ok     " : "MISSING")} {finding.Name,-20} {finding.Detail}");
                if (!finding.Fine && finding.Hint.Length > 0)
                {
                    output.Line($"          → {finding.Hint}");
                }
            }

            output.Line(complete ? "everything amnion uses on this machine is there" : "amnion demo still runs and lists each missing layer; amnion up asks for --dangerous-allow-missing-layers");
        }

        return complete ? ExitCode.Accepted : ExitCode.Unsupported;
    });

    // Optional: nothing but the platform qemu needs it, so its absence makes nothing incomplete.
    static SandboxFinding Qemu()
    {
        var tools = QemuTools.In(Artifacts.Qemu);
        List<string> missing = [.. tools.Missing()];
        if (!File.Exists(Artifacts.Image))
        {
            missing.Add(Artifacts.Image);
        }

        return new("platform qemu", true, missing.Count == 0 ? $"{tools.Emulator}, image {Artifacts.Image}" : "not built; ./amnion demo --platform qemu builds it in some minutes", "");
    }

    static SandboxFinding Program()
    {
        try
        {
            return new("enclave program", true, ProgramDirectory.Open().Location, "");
        }
        catch (CliException e)
        {
            return new("enclave program", false, e.Message, e.Hint);
        }
    }
}
