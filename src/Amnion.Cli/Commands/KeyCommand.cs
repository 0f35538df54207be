using System.CommandLine;
using System.Runtime.Versioning;
using Amnion.Cli.State;
using Amnion.KeyBroker;

namespace Amnion.Cli.Commands;

/// <summary>`amnion key list|audit|revoke|rotate`: the broker's keys on this machine. Works on its database; nothing of it is reachable over the network.</summary>
[SupportedOSPlatform("linux")]
static class KeyCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("KEY") { Description = "The key's name" };
        var optional = new Argument<string?>("KEY") { Description = "The key's name (default: all)", Arity = ArgumentArity.ZeroOrOne };
        return new Command("key", "The key broker's keys and its audit record")
        {
            Subcommands =
            {
                new Command("list", "List keys and their policies' digests").Runs((_, output, _) => Task.FromResult(List(output))),
                new Command("audit", "List every decision, with the reason, and check that the record is whole") { Arguments = { optional } }.Runs((parsed, output, _) => Task.FromResult(Audit(output, parsed.GetValue(optional)))),
                new Command("revoke", "Never release this key again") { Arguments = { id } }.Runs((parsed, output, _) => Task.FromResult(Revoke(output, parsed.GetValue(id)!))),
                new Command("rotate", "Wrap every key under a fresh root key").Runs((_, output, _) => Task.FromResult(Rotate(output))),
            },
        };
    }

    static int List(Terminal.Output output)
    {
        using var store = KeyStore.Open(AmnionHome.Open().Broker);
        var keys = store.List();
        if (output.Json)
        {
            output.Object(json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("keys");
                foreach (var key in keys)
                {
                    json.WriteStartObject();
                    json.WriteString("id", key.Id);
                    json.WriteString("state", key.State.ToString());
                    json.WriteNumber("version", key.Version);
                    json.WriteString("created", key.Created);
                    json.WriteString("policy", key.PolicyDigest.ToString());
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            });
        }
        else
        {
            foreach (var key in keys)
            {
                output.Line($"{key.Id}  {key.State}  version {key.Version}  policy {key.PolicyDigest}");
            }
        }

        return ExitCode.Accepted;
    }

    static int Audit(Terminal.Output output, string? id)
    {
        using var store = KeyStore.Open(AmnionHome.Open().Broker);
        var report = store.Audit(id);
        if (output.Json)
        {
            output.Object(json =>
            {
                json.WriteStartObject();
                json.WriteBoolean("intact", report.Intact);
                json.WriteStartArray("problems");
                foreach (var problem in report.Problems)
                {
                    json.WriteStringValue(problem);
                }

                json.WriteEndArray();
                json.WriteStartArray("records");
                foreach (var record in report.Records)
                {
                    json.WriteStartObject();
                    json.WriteNumber("sequence", record.Sequence);
                    json.WriteString("time", record.Time);
                    json.WriteString("key", record.KeyId);
                    json.WriteString("decision", record.Decision.ToString());
                    json.WriteString("code", record.Code);
                    json.WriteStartArray("reasons");
                    foreach (var reason in record.Reasons)
                    {
                        json.WriteStringValue(reason);
                    }

                    json.WriteEndArray();
                    json.WriteString("hash", record.Hash.ToString());
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            });
        }
        else
        {
            foreach (var record in report.Records)
            {
                output.Line($"{record.Sequence,4}  {record.Time:u}  {record.Decision,-19}  {record.KeyId}  {record.Code} {string.Join(' ', record.Reasons)}".TrimEnd());
            }

            output.Line(report.Intact ? $"the record is whole ({report.Total} entries)" : $"THE RECORD IS NOT WHOLE: {string.Join("; ", report.Problems)}");
        }

        return report.Intact ? ExitCode.Accepted : ExitCode.Rejected;
    }

    static int Revoke(Terminal.Output output, string id)
    {
        using var store = KeyStore.Open(AmnionHome.Open().Broker);
        store.Revoke(id);
        output.Done($"revoked {id}; enclaves that already have it keep it until they stop");
        return ExitCode.Accepted;
    }

    static int Rotate(Terminal.Output output)
    {
        using var store = KeyStore.Open(AmnionHome.Open().Broker);
        var count = store.RotateRootKey();
        output.Done($"wrapped {count} keys under a fresh root key; a running broker takes it up by itself");
        return ExitCode.Accepted;
    }
}
