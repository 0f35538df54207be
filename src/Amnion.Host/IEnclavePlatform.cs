namespace Amnion.Host;

/// <summary>The one seam between platforms: how an enclave comes to run. Everything after it speaks frames over <see cref="RunningEnclave.Connection"/>.</summary>
public interface IEnclavePlatform
{
    /// <summary>The platform's name as Evidence bundles spell it.</summary>
    string Name { get; }

    /// <summary>Measures and starts one enclave and waits until it listens. It is not booted yet.</summary>
    /// <exception cref="HostException">It could not be started.</exception>
    Task<RunningEnclave> StartAsync(IProgress<LaunchProgress>? progress, CancellationToken cancellation);
}
