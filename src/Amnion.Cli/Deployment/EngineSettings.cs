using Amnion.Cli.Enclaves;
using Amnion.Records;

namespace Amnion.Cli.Deployment;

/// <summary>What this command line deploys besides the model: engine limits, suites.</summary>
static class EngineSettings
{
    /// <summary>Longest context of one sequence that is asked for; a model trained for less gets less.</summary>
    public const int MaxContext = 4096;

    const string BuiltIn = "llama.cpp 0.5.0";

    /// <summary>Sequences decoded at once.</summary>
    public const int Slots = 16;

    /// <param name="configurationSigner">As the key broker publishes it.</param>
    /// <param name="modelSigner">The model owner's.</param>
    /// <param name="modelContext">What the model was trained for.</param>
    /// <param name="image">The image that serves, whose own limits and server are taken; null for the program of this version.</param>
    public static EngineConfiguration Engine(Digest configurationSigner, Digest modelSigner, int modelContext, EnclaveImageFacts? image)
    {
        var stated = image?.Configuration;
        var context = Math.Min(modelContext, stated?.Context ?? MaxContext);
        return new EngineConfiguration
        {
            Engine = image?.Workload is { } server ? WorkloadSettings.EnginePrefix + server.Program : stated?.Engine ?? BuiltIn,
            Context = context,
            Slots = stated?.Slots ?? Slots,
            MaxTokens = Math.Min(context, stated?.MaxTokens ?? context),
            Threads = stated?.Threads ?? 0,
            Verify = stated?.Verify ?? "streamed",
            ConfigurationSigner = configurationSigner,
            ModelSigner = modelSigner,
            Workload = image?.Workload?.Settings,
        };
    }

    public static SuitePolicy Suites { get; } = new([Records.Suites.P256Aes256Gcm, Records.Suites.X25519Aes256Gcm, Records.Suites.P256ChaCha20Poly1305, Records.Suites.X25519ChaCha20Poly1305]);
}
