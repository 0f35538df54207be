using Amnion.Records;

namespace Amnion.Cli.Deployment;

/// <summary>What this command line deploys besides the model: engine limits, suites.</summary>
static class EngineSettings
{
    /// <summary>Longest context of one sequence that is asked for; a model trained for less gets less.</summary>
    public const int MaxContext = 4096;

    /// <summary>Sequences decoded at once.</summary>
    public const int Slots = 16;

    /// <param name="configurationSigner">As the key broker publishes it.</param>
    /// <param name="modelSigner">The model owner's.</param>
    /// <param name="modelContext">What the model was trained for.</param>
    public static EngineConfiguration Engine(Digest configurationSigner, Digest modelSigner, int modelContext)
    {
        var context = Math.Min(modelContext, MaxContext);
        return new EngineConfiguration
        {
            Engine = "llama.cpp 0.5.0",
            Context = context,
            Slots = Slots,
            MaxTokens = context,
            Threads = 0,
            Verify = "streamed",
            ConfigurationSigner = configurationSigner,
            ModelSigner = modelSigner,
        };
    }

    public static SuitePolicy Suites { get; } = new([Records.Suites.P256Aes256Gcm, Records.Suites.X25519Aes256Gcm, Records.Suites.P256ChaCha20Poly1305, Records.Suites.X25519ChaCha20Poly1305]);
}
