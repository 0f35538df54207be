using Amnion.Records;

namespace Amnion.KeyBroker.KeyRelease;

/// <summary>What a request got.</summary>
abstract record ReleaseAnswer
{
    private protected ReleaseAnswer()
    {
    }

    /// <summary>A challenge to answer.</summary>
    public sealed record Challenged(ReleaseChallenge Challenge) : ReleaseAnswer;

    /// <summary>The data key, sealed to the enclave.</summary>
    public sealed record Released(WrappedKey Key) : ReleaseAnswer;

    /// <summary>No key.</summary>
    public sealed record Refused(Refusal Refusal) : ReleaseAnswer;
}
