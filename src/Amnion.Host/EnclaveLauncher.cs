using Amnion.Records;

namespace Amnion.Host;

/// <summary>The steps that turn a running enclave into a serving one: boot, key release, weights, configuration.</summary>
sealed class EnclaveLauncher(EnclaveDeployment deployment, IKeySource keys)
{
    /// <summary>Runs every step in order.</summary>
    internal async Task<RegisterLog> LaunchAsync(EnclaveConnection enclave, Action<EnclaveState> reached, IProgress<LaunchProgress>? progress, CancellationToken cancellation)
    {
        var log = await StepAsync(LaunchStep.Boot, "", progress, () => enclave.BootAsync(deployment.Boot, cancellation)).ConfigureAwait(false);
        reached(EnclaveState.Booted);
        foreach (var key in deployment.Keys)
        {
            await StepAsync(LaunchStep.Release, key, progress, () => ReleaseAsync(enclave, key, cancellation)).ConfigureAwait(false);
        }

        reached(EnclaveState.Keyed);
        foreach (var file in deployment.Weights)
        {
            await StepAsync(LaunchStep.Weights, file.Path, progress, () => SendAsync(enclave, file, progress, cancellation)).ConfigureAwait(false);
        }

        reached(EnclaveState.Loaded);
        await StepAsync(LaunchStep.Configure, "", progress, () => ConfigureAsync(enclave, cancellation)).ConfigureAwait(false);
        reached(EnclaveState.Ready);
        progress?.Report(new LaunchProgress(LaunchStep.Ready, LaunchStepState.Done));
        return log;
    }

    /// <summary>Fetches and carries the newest configuration release.</summary>
    internal async Task<bool> ConfigureAsync(EnclaveConnection enclave, CancellationToken cancellation)
    {
        await enclave.SendConfigurationAsync(await deployment.Configuration(cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
        return true;
    }

    async Task<bool> ReleaseAsync(EnclaveConnection enclave, string key, CancellationToken cancellation)
    {
        await keys.ReleaseAsync(enclave, key, cancellation).ConfigureAwait(false);
        return true;
    }

    static async Task<bool> SendAsync(EnclaveConnection enclave, SealedFile file, IProgress<LaunchProgress>? progress, CancellationToken cancellation)
    {
        var stream = await file.Source.OpenAsync(file.Length, cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var sent = progress is null ? null : new SentBytes(progress, file.Path, file.Length);
            await enclave.SendWeightsAsync(file.Path, stream, sent, cancellation).ConfigureAwait(false);
        }

        return true;
    }

    static async Task<T> StepAsync<T>(LaunchStep step, string subject, IProgress<LaunchProgress>? progress, Func<Task<T>> run)
    {
        progress?.Report(new LaunchProgress(step, LaunchStepState.Running, subject));
        try
        {
            var result = await run().ConfigureAwait(false);
            progress?.Report(new LaunchProgress(step, LaunchStepState.Done, subject));
            return result;
        }
        catch
        {
            progress?.Report(new LaunchProgress(step, LaunchStepState.Failed, subject));
            throw;
        }
    }

    sealed class SentBytes(IProgress<LaunchProgress> progress, string path, long total) : IProgress<long>
    {
        public void Report(long value) => progress.Report(new LaunchProgress(LaunchStep.Weights, LaunchStepState.Running, path, value, total));
    }
}
