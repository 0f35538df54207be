using System.CommandLine;
using System.Runtime.Versioning;
using Amnion.Cli.Deployment;
using Amnion.Cli.State;
using Amnion.KeyBroker;
using Amnion.Records;

namespace Amnion.Cli.Commands;

/// <summary>`amnion tenant …`: who may call. Works on the broker's database, like `amnion key`; a running broker signs what it says from then on.</summary>
[SupportedOSPlatform("linux")]
static class TenantCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "The tenant: characters of a-z, 0-9 and -" };
        var key = new Argument<string>("HASH") { Description = "The API key's hash, as amnion tenant list shows it" };
        var requests = new Option<int>("--requests-per-minute") { Description = "Quota of requests", DefaultValueFactory = _ => Tenants.RequestsPerMinute };
        var tokens = new Option<long>("--tokens-per-hour") { Description = "Quota of tokens, prompt and answer", DefaultValueFactory = _ => Tenants.TokensPerHour };
        var hash = new Option<string?>("--hash") { Description = "SHA-256 of a key that the caller made, sha256:HEX (default: make one and show it once)", HelpName = "HASH" };
        return new Command("tenant", "Who may call: tenants, API keys, quotas")
        {
            Subcommands =
            {
                new Command("list", "List tenants, quotas and the hashes of their API keys").Runs((_, output, _) => Task.FromResult(List(output))),
                new Command("set", "Add a tenant, or change its quota") { Arguments = { name }, Options = { requests, tokens } }
                    .Runs((parsed, output, _) => Task.FromResult(Change(output, store => store.Tenants.Set(parsed.GetValue(name)!, parsed.GetValue(requests), parsed.GetValue(tokens)), $"set {parsed.GetValue(name)}"))),
                new Command("add-key", "Give a tenant an API key") { Arguments = { name }, Options = { hash } }
                    .Runs((parsed, output, _) => Task.FromResult(AddKey(output, parsed.GetValue(name)!, parsed.GetValue(hash)))),
                new Command("revoke-key", "Refuse an API key from the next release on") { Arguments = { key } }
                    .Runs((parsed, output, _) => Task.FromResult(Change(output, store => store.Tenants.RevokeKey(Hash(parsed.GetValue(key)!)), $"revoked {parsed.GetValue(key)}"))),
                new Command("remove", "Remove a tenant with all its API keys") { Arguments = { name } }
                    .Runs((parsed, output, _) => Task.FromResult(Change(output, store => store.Tenants.Remove(parsed.GetValue(name)!), $"removed {parsed.GetValue(name)}"))),
            },
        };
    }

    static int List(Terminal.Output output)
    {
        using var store = KeyStore.Open(AmnionHome.Open().Broker);
        var tenants = store.Tenants.List();
        if (output.Json)
        {
            output.Object(json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("tenants");
                foreach (var tenant in tenants)
                {
                    json.WriteStartObject();
                    json.WriteString("id", tenant.Id);
                    json.WriteNumber("requests_per_minute", tenant.RequestsPerMinute);
                    json.WriteNumber("tokens_per_hour", tenant.TokensPerHour);
                    Write(json, "keys", tenant.KeyHashes);
                    Write(json, "revoked", tenant.RevokedKeyHashes);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            });
            return ExitCode.Accepted;
        }

        foreach (var tenant in tenants)
        {
            output.Line($"{tenant.Id}  {tenant.RequestsPerMinute} requests a minute, {tenant.TokensPerHour} tokens an hour");
            foreach (var line in (string[])[.. tenant.KeyHashes.Select(known => $"  {known}"), .. tenant.RevokedKeyHashes.Select(known => $"  {known}  revoked")])
            {
                output.Line(line);
            }
        }

        return ExitCode.Accepted;
    }

    static int AddKey(Terminal.Output output, string name, string? named)
    {
        var key = named is null ? Tenants.NewKey() : null;
        var hash = key is null ? Hash(named!) : Tenants.HashOf(key);
        using var store = KeyStore.Open(AmnionHome.Open().Broker);
        store.Tenants.AddKey(name, hash);
        if (output.Json)
        {
            output.Object(json =>
            {
                json.WriteStartObject();
                json.WriteString("api_key", key);
                json.WriteString("hash", hash.ToString());
                json.WriteEndObject();
            });
        }
        else
        {
            output.Line(key is null ? $"added {hash}" : $"OPENAI_API_KEY={key}");
        }

        output.Note("hosts fetch the release that admits it within a minute");
        return ExitCode.Accepted;
    }

    static int Change(Terminal.Output output, Action<KeyStore> change, string done)
    {
        using var store = KeyStore.Open(AmnionHome.Open().Broker);
        change(store);
        output.Done($"{done}; hosts fetch the release that says so within a minute");
        return ExitCode.Accepted;
    }

    static Digest Hash(string text) => Digest.TryParse(text, out var hash) && hash.Bytes.Length == 32
        ? hash
        : throw new CliException(ExitCode.Malformed, $"\"{text}\" is not the hash of an API key", "pass sha256: and 64 hexadecimal characters; amnion tenant list shows them", KeyBrokerCodes.TenantUnknown);

    static void Write(System.Text.Json.Utf8JsonWriter json, string name, IEnumerable<Digest> hashes)
    {
        json.WriteStartArray(name);
        foreach (var hash in hashes)
        {
            json.WriteStringValue(hash.ToString());
        }

        json.WriteEndArray();
    }
}
