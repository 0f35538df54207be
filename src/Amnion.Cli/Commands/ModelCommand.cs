using System.CommandLine;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Amnion.Attestation;
using Amnion.Cli.Deployment;
using Amnion.Cli.State;
using Amnion.Cli.Terminal;
using Amnion.Host.Aws;
using Amnion.KeyBroker;
using Amnion.Models;
using Amnion.Models.Chat;
using Amnion.Models.Gguf;
using Amnion.Models.Manifest;
using Amnion.Models.Sealed;

namespace Amnion.Cli.Commands;

/// <summary>`amnion model seal|inspect|verify`.</summary>
[SupportedOSPlatform("linux")]
static class ModelCommand
{
    const int MaxTemplateLength = 1024 * 1024;

    public static Command Create()
    {
        var gguf = new Argument<string>("FILE") { Description = "A GGUF file" };
        var either = new Argument<string>("FILE|FOLDER") { Description = "A GGUF file or a sealed model's folder" };
        var folder = new Argument<string>("FOLDER") { Description = "A sealed model's folder" };
        var to = new Option<string>("--out") { Description = "The folder to make", HelpName = "FOLDER", Required = true };
        var signer = new Option<string?>("--signer") { Description = "PEM of the model owner's public key (default: this machine's)", HelpName = "FILE" };
        var missing = new Option<bool>("--dangerous-allow-missing-layers") { Description = "Grant the key to this machine's weaker sandbox" };
        var template = new Option<string?>("--template") { Description = "The model's chat template where it carries none or an unknown one: a Jinja file, a known name, or none", HelpName = "FILE|NAME" };
        var kms = new Option<string?>("--kms-key") { Description = "ARN of an AWS KMS key that alone keeps the data key, for amnion up --keys aws-kms (default: this machine's key broker keeps it)", HelpName = "ARN" };
        return new Command("model", "Seal models, look into them, check their signatures")
        {
            Subcommands =
            {
                new Command("seal", "Encrypt a model, sign its manifest, and grant its key to this build") { Arguments = { gguf }, Options = { to, template, kms, missing } }
                    .Runs(async (parsed, output, cancellation) => await SealAsync(output, parsed.GetValue(gguf)!, parsed.GetValue(to)!, TemplateName(parsed.GetValue(template)), parsed.GetValue(kms), parsed.GetValue(missing), cancellation).ConfigureAwait(false)),
                new Command("inspect", "Read a model as untrusted input and say what it is") { Arguments = { either } }
                    .Runs((parsed, output, _) => Task.FromResult(Inspect(output, parsed.GetValue(either)!))),
                new Command("verify", "Check a sealed model's layout and signature") { Arguments = { folder }, Options = { signer } }
                    .Runs((parsed, output, _) => Task.FromResult(Verify(output, parsed.GetValue(folder)!, parsed.GetValue(signer)))),
            },
        };
    }

    static async Task<int> SealAsync(Output output, string weights, string to, string? template, string? kmsKey, bool allowMissing, CancellationToken cancellation)
    {
        var home = AmnionHome.Open();
        if (!File.Exists(weights))
        {
            throw new CliException(ExitCode.Malformed, $"the model \"{weights}\" does not exist", "pass the path of a GGUF file", CliCodes.FileUnreadable);
        }

        if (Path.Exists(to))
        {
            throw new CliException(ExitCode.Malformed, $"\"{to}\" exists already", "pass a folder that does not exist", CliCodes.FileUnreadable);
        }

        using var key = Signers.Model(home);
        var progress = new PercentLine(output);
        var record = kmsKey is null
            ? await SealForBrokerAsync().ConfigureAwait(false)
            : await SealedModels.SealForKmsAsync(Kms(kmsKey), weights, SealedModels.HashOf(weights), Path.GetFullPath(to), template, key, progress, cancellation).ConfigureAwait(false);
        if (output.Json)
        {
            output.Object(json =>
            {
                json.WriteStartObject();
                json.WriteString("manifest", record.Model.ToString());
                json.WriteString("key_id", record.KeyId);
                json.WriteString("folder", record.Folder);
                if (kmsKey is not null)
                {
                    json.WriteString("kms_file", ModelSources.KmsFileOf(record.Folder));
                }

                json.WriteEndObject();
            });
        }
        else
        {
            output.Line($"manifest {record.Model}");
            output.Line($"key      {record.KeyId}");
            output.Line($"folder   {record.Folder}");
            if (kmsKey is not null)
            {
                output.Line($"kms file {ModelSources.KmsFileOf(record.Folder)}");
            }
        }

        return ExitCode.Accepted;

        async Task<SealRecord> SealForBrokerAsync()
        {
            var target = await EnclaveTarget.ChooseAsync(AttestationPlatform.Local, null, null, allowMissing, cancellation).ConfigureAwait(false);
            using var store = KeyStore.Open(home.Broker);
            return SealedModels.Seal(home, weights, SealedModels.HashOf(weights), Path.GetFullPath(to), template, target, DevelopmentAnchor.Of(home), store, key, progress, cancellation);
        }
    }

    static KmsWrapping Kms(string arn) => KmsDataKey.IsArn(arn)
        ? new KmsWrapping(AwsEnvironment.Kms(arn.Split(':')[3]), arn)
        : throw new CliException(ExitCode.Malformed, "the KMS key is not named by its ARN", "pass --kms-key arn:aws:kms:REGION:ACCOUNT:key/ID", CliCodes.FileUnreadable);

    // A file is recognised as the model's own template would be: it is a program from somewhere, and never run.
    public static string? TemplateName(string? named)
    {
        if (named is null || named == ModelManifest.NoTemplate || ChatTemplate.Find(named) is not null)
        {
            return named;
        }

        var names = string.Join(", ", ChatTemplate.All.Select(known => known.Name));
        if (!File.Exists(named))
        {
            throw new CliException(ExitCode.Malformed, $"the chat template \"{named}\" is neither a file nor a known name", $"pass a file, one of {names}, or {ModelManifest.NoTemplate}", CliCodes.FileUnreadable);
        }

        var text = new FileInfo(named).Length <= MaxTemplateLength ? File.ReadAllText(named) : null;
        return ChatTemplate.Recognise(text)?.Name
            ?? throw new CliException(ExitCode.Unsupported, $"the chat template in \"{named}\" is none of the known ones", $"pass --template with one of {names}, or {ModelManifest.NoTemplate}", ModelCodes.TemplateUnknown);
    }

    static int Inspect(Output output, string path)
    {
        if (Directory.Exists(path))
        {
            var package = SealedModelPackage.Open(path);
            var content = package.Manifest.Content;
            Show(output, [("manifest", package.Manifest.Digest.ToString()), ("name", content.Name), ("architecture", content.Architecture), ("template", content.Template), ("context", content.ContextLength), ("parameters", content.Parameters), ("key_id", content.KeyId), ("files", content.Files.Length)]);
            return ExitCode.Accepted;
        }

        var model = GgufFile.Read(path);
        Show(output, [("architecture", model.Architecture.Name), ("name", model.Name ?? ""), ("parameters", model.Parameters), ("tensors", model.Tensors.Length), ("context", model.ContextLength), ("vocabulary", model.VocabularySize), ("template", ChatTemplate.Recognise(model.ChatTemplateText)?.Name ?? "none")]);
        return ExitCode.Accepted;
    }

    static int Verify(Output output, string folder, string? signerFile)
    {
        var package = SealedModelPackage.Open(folder);
        using var signer = signerFile is null ? Signers.ModelPublic(AmnionHome.Open()) : PublicKey(signerFile);
        var result = ModelVerifier.VerifySignature(package, signer);
        if (output.Json)
        {
            output.Object(json =>
            {
                json.WriteStartObject();
                json.WriteBoolean("accepted", result.Accepted);
                json.WriteBoolean("content_verified", result.ContentVerified);
                json.WriteString("manifest", package.Manifest.Digest.ToString());
                json.WriteStartArray("problems");
                foreach (var problem in result.Problems)
                {
                    json.WriteStringValue(problem.ToString());
                }

                json.WriteEndArray();
                json.WriteEndObject();
            });
        }
        else
        {
            output.Line($"manifest {package.Manifest.Digest}");
            foreach (var problem in result.Problems)
            {
                output.Line($"FAIL {problem}");
            }

            output.Line(result.Accepted ? "signature and layout ACCEPTED; the content is checked where the key is, inside the enclave" : "REFUSED");
        }

        return result.Accepted ? ExitCode.Accepted : ExitCode.Rejected;
    }

    static ECDsa PublicKey(string path)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            return key;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new CliException(ExitCode.Malformed, $"\"{path}\" is not a PEM public key", "pass the model owner's SubjectPublicKeyInfo in PEM", CliCodes.FileUnreadable, e);
        }
    }

    static void Show(Output output, IReadOnlyList<(string Name, object Value)> rows)
    {
        if (!output.Json)
        {
            foreach (var (name, value) in rows)
            {
                output.Line($"{name,-13} {value}");
            }

            return;
        }

        output.Object(json =>
        {
            json.WriteStartObject();
            foreach (var (name, value) in rows)
            {
                switch (value)
                {
                    case long number: json.WriteNumber(name, number); break;
                    case int number: json.WriteNumber(name, number); break;
                    default: json.WriteString(name, value.ToString()); break;
                }
            }

            json.WriteEndObject();
        });
    }
}
