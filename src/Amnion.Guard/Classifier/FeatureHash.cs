namespace Amnion.Guard.Classifier;

/// <summary>The mixing under every feature. Not cryptographic: whoever chooses the text can make features collide, and gains no more than with other words.</summary>
static class FeatureHash
{
    public const uint Seed = 0x811C9DC5;

    public static uint Mix(uint hash, uint value)
    {
        hash = (hash ^ value) * 0x9E3779B1;
        return hash ^ (hash >> 15);
    }

    /// <summary>Spreads the low bits into the high ones, which are the ones tables are indexed by.</summary>
    public static uint Finish(uint hash)
    {
        hash *= 0x85EBCA6B;
        hash ^= hash >> 13;
        return hash * 0xC2B2AE35;
    }
}
