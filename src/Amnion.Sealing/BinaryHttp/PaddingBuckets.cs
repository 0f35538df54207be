namespace Amnion.Sealing;

/// <summary>
/// The lengths that messages are padded to, so that a length on the wire tells only its bucket: 128, 256, 512, 1024, 2048
/// and 4096 bytes, then multiples of 4096.
/// </summary>
public static class PaddingBuckets
{
    /// <summary>The smallest bucket.</summary>
    public const int Smallest = 128;

    /// <summary>The step of the buckets above it.</summary>
    public const int Step = 4096;

    /// <summary>The smallest bucket that holds <paramref name="length"/> bytes.</summary>
    public static int RoundUp(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length > Step)
        {
            return checked((length + (Step - 1)) / Step * Step);
        }

        return Math.Max(Smallest, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)length));
    }

    /// <summary>Bytes missing to the next bucket, for a message of any length.</summary>
    internal static int PaddingOf(long length) =>
        length > Step ? (int)((Step - (length % Step)) % Step) : RoundUp((int)length) - (int)length;
}
