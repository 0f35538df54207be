namespace Amnion.Guard.Output.Secrets;

/// <summary>The Shannon entropy of a text that grows, by the frequency of its characters: constant time for each. Characters that are no printable ASCII count as one.</summary>
sealed class Entropy
{
    const int Characters = '~' - ' ' + 1;

    // Of the counts that keys have; greater ones are computed.
    static readonly double[] s_weights = [.. Enumerable.Range(0, 512).Select(static count => count < 2 ? 0 : count * Math.Log2(count))];

    readonly ushort[] _counts = new ushort[Characters];
    double _weights;
    int _length;

    /// <summary>Bits per character of what was added so far, at most 65,535 characters.</summary>
    public double Bits => Of(_weights, _length);

    /// <summary>Takes the next character.</summary>
    public void Add(char c)
    {
        var count = checked(++_counts[IndexOf(c)]);
        _weights += WeightOf(count) - WeightOf(count - 1);
        _length++;
    }

    /// <summary>The same of a whole text.</summary>
    public static double BitsPerCharacter(ReadOnlySpan<char> text)
    {
        Span<int> counts = stackalloc int[Characters];
        counts.Clear();
        foreach (var c in text)
        {
            counts[IndexOf(c)]++;
        }

        var weights = 0.0;
        foreach (var count in counts)
        {
            weights += WeightOf(count);
        }

        return Of(weights, text.Length);
    }

    // −Σ p log p with p = count ÷ length. Rounded, so that eight characters, each as often as the others, make three bits and not a little less.
    static double Of(double weights, int length) => length == 0 ? 0 : Math.Round(Math.Log2(length) - (weights / length), 9);

    static int IndexOf(char c) => c is > ' ' and <= '~' ? c - ' ' : 0;

    static double WeightOf(int count) => count < s_weights.Length ? s_weights[count] : count * Math.Log2(count);
}
