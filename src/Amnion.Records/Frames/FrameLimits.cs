namespace Amnion.Records.Frames;

/// <summary>Longest payload of each frame type, bytes.</summary>
public static class FrameLimits
{
    /// <summary>One byte of type and a 32-bit big-endian payload length.</summary>
    public const int HeaderLength = 5;

    /// <summary>Largest piece of weights: one sealed-stream segment (1 MiB).</summary>
    public const int WeightsData = 1024 * 1024;

    /// <summary>Largest piece of a sealed request or answer.</summary>
    public const int SealedData = 64 * 1024;

    /// <summary>Largest sealed request as a whole.</summary>
    public const int SealedRequest = 8 * 1024 * 1024;

    /// <summary>The limit of a type, or -1 for a type that does not exist.</summary>
    public static int Of(FrameType type) => type switch
    {
        FrameType.Boot => BootRequest.MaxLength,
        FrameType.Booted => 32 * 1024,
        FrameType.EvidenceRequest => 1 + EvidenceBinding.MaxNonceLength,
        FrameType.Evidence => EvidenceBundle.MaxLength,
        FrameType.KeyChallenge => ReleaseChallenge.MaxLength,
        FrameType.WrappedKey => Records.WrappedKey.MaxLength,
        FrameType.WeightsFile => 512,
        FrameType.WeightsData => WeightsData,
        FrameType.WeightsEnd => 0,
        FrameType.Configuration => ConfigurationRelease.MaxLength,
        FrameType.RequestData => SealedData,
        FrameType.RequestEnd => 0,
        FrameType.ResponseData => SealedData,
        FrameType.ResponseEnd => 0,
        FrameType.TelemetryRequest => 0,
        FrameType.Telemetry => 64 * 1024,
        FrameType.Done => 0,
        FrameType.Failed => 32,
        _ => -1,
    };
}
