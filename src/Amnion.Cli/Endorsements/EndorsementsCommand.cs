using System.Collections.Immutable;
using System.CommandLine;
using Amnion.Attestation.SevSnp;
using Amnion.Cli.Commands;
using Amnion.Cli.State;
using Amnion.Cli.Terminal;

namespace Amnion.Cli.EndorsementCollection;

/// <summary>`amnion endorsements fetch FILE`: gets what a verifier needs beside the Evidence. The only part of verifying that opens a connection.</summary>
static class EndorsementsCommand
{
    public static Command Create() => new("endorsements", "Get manufacturers' certificates, lists and reference values") { Subcommands = { Fetch() } };

    static Command Fetch()
    {
        var file = new Argument<string>("FILE") { Description = "Evidence: a SEV-SNP report, an SGX or TDX quote, or NVIDIA's evidence in JSON" };
        var cache = new Option<string?>("--cache") { Description = "Folder to keep what is fetched in (default: endorsements in AMNION_HOME)", HelpName = "DIR" };
        var offline = new Option<bool>("--offline") { Description = "Open no connection: use the cache, and say what is missing" };
        var mirror = new Option<string?>("--mirror") { Description = "Ask this address instead of the manufacturers'; paths stay the same", HelpName = "URL" };
        var product = new Option<string?>("--product") { Description = "AMD product line of a report that names none: Milan, Genoa or Turin", HelpName = "NAME" };
        var folder = new Option<string?>("--out") { Description = "Copy what this Evidence needs into a folder, for --endorsements", HelpName = "DIR" };
        return new Command("fetch", "Get the endorsements that a piece of Evidence needs; they are not verified here")
        {
            Arguments = { file },
            Options = { cache, offline, mirror, product, folder },
        }.Runs(async (parsed, output, cancellation) =>
        {
            var needs = EndorsementNeeds.Of(BoundedFile.Read(parsed.GetValue(file)!, EvidenceFile.MaxLength), Product(parsed.GetValue(product)));
            var kept = new EndorsementCache(parsed.GetValue(cache) ?? AmnionHome.Open().Path("endorsements"), TimeProvider.System);
            // Without a fetcher there is nothing that could open a connection.
            using var fetcher = parsed.GetValue(offline) ? null : new EndorsementFetcher(TimeProvider.System, Mirror(parsed.GetValue(mirror)));
            var collected = await new EndorsementCollector(kept, fetcher, TimeProvider.System).CollectAsync(needs, cancellation).ConfigureAwait(false);
            Copy(collected, parsed.GetValue(folder));
            Show(output, collected);
            return collected.All(item => item.Had) ? ExitCode.Accepted : ExitCode.Internal;
        });
    }

    /// <summary>Writes each file under its own digest, so that the same one is there once.</summary>
    public static void Copy(ImmutableArray<CollectedEndorsement> collected, string? folder)
    {
        if (folder is null)
        {
            return;
        }

        Directory.CreateDirectory(folder);
        foreach (var file in collected.SelectMany(item => item.Files))
        {
            AmnionHome.WriteSecret(Path.Combine(folder, Path.GetFileName(file.Path)), file.Content.Span);
        }
    }

    /// <summary>One line for each, or one JSON object.</summary>
    public static void Show(Output output, ImmutableArray<CollectedEndorsement> collected)
    {
        if (output.Json)
        {
            output.Object(json =>
            {
                json.WriteStartObject();
                json.WriteBoolean("complete", collected.All(item => item.Had));
                json.WriteStartArray("endorsements");
                foreach (var item in collected)
                {
                    json.WriteStartObject();
                    json.WriteString("name", item.Need.Name);
                    json.WriteString("kind", item.Need.Kind.ToString());
                    json.WriteString("url", item.Need.Url.AbsoluteUri);
                    json.WriteString("state", item.State.ToString());
                    json.WriteString("code", item.Code);
                    json.WriteString("message", item.Message);
                    json.WriteStartArray("files");
                    foreach (var file in item.Files)
                    {
                        json.WriteStartObject();
                        json.WriteString("path", file.Path);
                        json.WriteString("sha256", file.Digest);
                        json.WriteString("source", file.Source);
                        json.WriteNumber("fetched_at", file.FetchedAt.ToUnixTimeMilliseconds());
                        json.WriteEndObject();
                    }

                    json.WriteEndArray();
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            });
            return;
        }

        foreach (var item in collected)
        {
            output.Line($"  {item.State.ToString().ToUpperInvariant(),-8} {item.Need.Name}");
            output.Line($"           {item.Need.Url.AbsoluteUri}");
            foreach (var file in item.Files)
            {
                output.Line($"           {file.Path}");
            }

            if (item.Code is not null || item.Message is not null)
            {
                output.Line($"           {item.Message}{(item.Code is null ? "" : $"  [{item.Code}]")}");
            }
        }

        output.Line(collected.All(item => item.Had) ? "  COMPLETE; nothing was verified here" : "  INCOMPLETE: a verifier that needs what is missing will refuse");
    }

    static SnpProduct? Product(string? name) => name is null ? null : Enum.TryParse<SnpProduct>(name, ignoreCase: true, out var product) && Enum.IsDefined(product)
        ? product
        : throw new CliException(ExitCode.Malformed, $"\"{name}\" is no AMD product line", "pass Milan, Genoa or Turin", null);

    static Uri? Mirror(string? text) => text is null ? null : Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" && url.Query.Length == 0 && url.Fragment.Length == 0
        ? url
        : throw new CliException(ExitCode.Malformed, $"\"{text}\" is not a URL", "pass the mirror's base address, for example https://pccs.example", CliCodes.UrlMalformed);
}
