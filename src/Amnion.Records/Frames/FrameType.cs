namespace Amnion.Records.Frames;

/// <summary>
/// Everything that may cross between host and enclave, one connection per exchange. The host opens every connection; the first
/// frame says which exchange it is. A type or a length outside <see cref="FrameLimits"/> ends the connection.
/// </summary>
public enum FrameType : byte
{
    /// <summary>Host → enclave, once: model manifest, signature and configuration to measure. <see cref="BootRequest"/>.</summary>
    Boot = 1,

    /// <summary>Enclave → host: the register log after the last lock.</summary>
    Booted = 2,

    /// <summary>Host → enclave: one purpose byte (0 serve) and the relying party's nonce.</summary>
    EvidenceRequest = 3,

    /// <summary>Enclave → host: evidence bundle.</summary>
    Evidence = 4,

    /// <summary>
    /// Host → enclave: the broker's challenge (<see cref="ReleaseChallenge"/>), or what stands for it with AWS KMS (<see cref="RecipientRequest"/>); answered
    /// by <see cref="Evidence"/> of purpose release.
    /// </summary>
    KeyChallenge = 5,

    /// <summary>Host → enclave, same connection: <see cref="Records.WrappedKey"/>, or <see cref="EnvelopedKey"/> from AWS KMS; answered by <see cref="Done"/> or <see cref="Failed"/>.</summary>
    WrappedKey = 6,

    /// <summary>Host → enclave: UTF-8 path of the file whose ciphertext follows.</summary>
    WeightsFile = 7,

    /// <summary>Host → enclave: a piece of ciphertext, in order.</summary>
    WeightsData = 8,

    /// <summary>Host → enclave: the file ended; answered by <see cref="Done"/> or <see cref="Failed"/>.</summary>
    WeightsEnd = 9,

    /// <summary>Host → enclave: a signed configuration release.</summary>
    Configuration = 10,

    /// <summary>Host → enclave: a piece of a sealed request.</summary>
    RequestData = 11,

    /// <summary>Host → enclave: the sealed request ended.</summary>
    RequestEnd = 12,

    /// <summary>Enclave → host: a piece of a sealed answer.</summary>
    ResponseData = 13,

    /// <summary>Enclave → host: the sealed answer ended.</summary>
    ResponseEnd = 14,

    /// <summary>Host → enclave: asks for telemetry and state; answered by <see cref="Telemetry"/>.</summary>
    TelemetryRequest = 15,

    /// <summary>Enclave → host: canonical JSON of the closed telemetry schema.</summary>
    Telemetry = 16,

    /// <summary>Enclave → host: the exchange succeeded; empty.</summary>
    Done = 17,

    /// <summary>Enclave → host: the exchange failed; payload is an error code in ASCII ("AMN-ENC-0004"), nothing else.</summary>
    Failed = 18,
}
