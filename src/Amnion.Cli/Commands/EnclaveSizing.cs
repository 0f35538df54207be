using System.CommandLine;
using Amnion.Cli.Deployment;
using Amnion.Cli.Enclaves;
using Amnion.Host.Nitro;
using Amnion.Models.Gguf;

namespace Amnion.Cli.Commands;

/// <summary>The options that say what an enclave will load, so that its memory is enough for that.</summary>
sealed class EnclaveSizing
{
    const int MostContext = 1 << 20;
    const int MostSlots = 256;

    public Option<string?> Model { get; } = new("--model") { Description = "The GGUF file it will serve: counted into --memory, not loaded", HelpName = "FILE" };

    public Option<int?> Context { get; } = new("--context") { Description = "Tokens of context of one sequence (default: the image's)", HelpName = "N" };

    public Option<int?> Slots { get; } = new("--slots") { Description = "Sequences at once (default: the image's)", HelpName = "N" };

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All => [Model, Context, Slots];

    /// <summary>What the enclave needs, before anything else was asked for.</summary>
    /// <exception cref="CliException">A number that no engine takes.</exception>
    public EnclaveResourceRequest RequestOf(ParseResult parsed, string platform, EnclaveImageFacts facts)
    {
        var context = Within(parsed.GetValue(Context) ?? facts.Configuration?.Context ?? EngineSettings.MaxContext, MostContext, "--context");
        var slots = Within(parsed.GetValue(Slots) ?? facts.Configuration?.Slots ?? EngineSettings.Slots, MostSlots, "--slots");
        var request = new EnclaveResourceRequest
        {
            Platform = platform,
            ImageBytes = facts.Bytes,
            RamdiskBytes = facts.RamdiskBytes,
            Cpus = facts.Configuration?.Cpus,
            MemoryMebibytes = facts.Configuration is { MemoryMib: > 0 and var stated } ? stated : null,
        };
        if (parsed.GetValue(Model) is not { } path)
        {
            return request;
        }

        var model = GgufFile.Read(path);
        var shape = model.Hyperparameters;
        return request with
        {
            ModelBytes = model.FileLength,
            Model = new ModelDimensions(shape.Layers, shape.KeyValueHeads, shape.HeadSize, model.VocabularySize),
            Context = Math.Min(context, model.ContextLength),
            Slots = slots,
        };
    }

    static int Within(int value, int most, string option) =>
        value >= 1 && value <= most ? value : throw new CliException(ExitCode.Malformed, $"{option} {value} is not from 1 to {most}", "leave it out for the default");
}
