using Amnion.Attestation;
using Amnion.Host;

namespace Amnion.Cli.Deployment;

/// <summary>Launch progress as lines a person reads. Reports synchronously, so that lines keep their order.</summary>
/// <param name="platform">Where the enclave runs.</param>
/// <param name="show">Takes one line.</param>
/// <param name="keySource">Who releases the data key.</param>
sealed class StepLines(string platform, Action<string> show, string keySource = "the broker") : IProgress<LaunchProgress>
{
    readonly Lock _lock = new();
    int _lastPercent = -1;

    public void Report(LaunchProgress value)
    {
        var line = value switch
        {
            { Step: LaunchStep.Weights, State: LaunchStepState.Running, TotalBytes: > 0 } => Weights(value),
            { State: LaunchStepState.Done } => Words(value.Step),
            _ => null,
        };
        if (line is not null)
        {
            lock (_lock)
            {
                show(line);
            }
        }
    }

    string? Words(LaunchStep step) => step switch
    {
        LaunchStep.Measure when platform == AttestationPlatform.Qemu => "enclave image measured",
        LaunchStep.Start when platform == AttestationPlatform.Qemu => "image booted under QEMU, its program answers",
        LaunchStep.Measure => "enclave program copied and measured",
        LaunchStep.Start => "enclave program started in its sandbox",
        LaunchStep.Boot => "registers extended, read back and locked; keys made",
        LaunchStep.Release => $"key released by {keySource}",
        LaunchStep.Weights => "sealed weights opened in the enclave's memory",
        LaunchStep.Configure => "configuration release taken",
        LaunchStep.Ready => "serving",
        _ => null,
    };

    string? Weights(LaunchProgress value)
    {
        // Small models need no bar: only every tenth of something large is worth a line.
        var percent = (int)(value.Bytes * 10 / value.TotalBytes) * 10;
        if (value.TotalBytes < 64 * 1024 * 1024 || percent == _lastPercent || percent is 0 or 100)
        {
            return null;
        }

        _lastPercent = percent;
        return $"sealed weights: {percent} % of {value.TotalBytes / (1024 * 1024)} MiB";
    }
}
