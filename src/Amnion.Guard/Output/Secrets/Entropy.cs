namespace Amnion.Guard.Output.Secrets;

/// <summary>The Shannon entropy of a piece of text, by the frequency of its characters.</summary>
static class Entropy
{
    /// <summary>In bits per character; characters above ASCII count as one.</summary>
    public static double BitsPerCharacter(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return 0;
        }

        Span<int> counts = stackalloc int[128];
        foreach (var c in text)
        {
            counts[Math.Min((int)c, 127)]++;
        }

        var bits = 0.0;
        foreach (var count in counts)
        {
            if (count > 0)
            {
                var p = (double)count / text.Length;
                bits -= p * Math.Log2(p);
            }
        }

        return bits;
    }
}
