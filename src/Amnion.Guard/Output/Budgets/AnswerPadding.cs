using System.Numerics;

namespace Amnion.Guard.Output.Budgets;

/// <summary>Hides how long an answer is and when its pieces were ready: lengths go up to the next bucket, pieces leave on a grid. Pure functions; who sends does the filling and the waiting.</summary>
public static class AnswerPadding
{
    /// <summary>
    /// The length that a message of <paramref name="length"/> bytes is padded to: the Padmé function (Nikitin et al., PETS 2019), which leaks O(log log n) bits and adds at most 12 %; never under <paramref name="least"/>.
    /// </summary>
    public static int BucketOf(int length, int least = 256)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfLessThan(least, 1);
        if (length <= least)
        {
            return least;
        }

        var exponent = BitOperations.Log2((uint)length);
        var kept = BitOperations.Log2((uint)exponent) + 1;
        var mask = (1L << (exponent - kept)) - 1;
        return checked((int)((length + mask) & ~mask));
    }

    /// <summary>When a piece that is ready at <paramref name="ready"/> leaves: at the next point of a grid of <paramref name="interval"/> from <paramref name="began"/>, and later than the piece before it.</summary>
    /// <param name="began">When the request arrived.</param>
    /// <param name="ready">When the piece was ready.</param>
    /// <param name="previous">When the piece before left; <paramref name="began"/> for the first.</param>
    /// <param name="interval">The distance of the grid's points, at least 1 ms.</param>
    public static DateTimeOffset ReleaseAt(DateTimeOffset began, DateTimeOffset ready, DateTimeOffset previous, TimeSpan interval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, TimeSpan.FromMilliseconds(1));
        var earliest = Math.Max((ready - began).Ticks, (previous - began).Ticks + 1);
        var point = Math.Max(1, (earliest + interval.Ticks - 1) / interval.Ticks);
        return began + TimeSpan.FromTicks(point * interval.Ticks);
    }
}
