namespace Amnion.Inference.Native;

/// <summary>A growing list of tokens that is zeroed when it is done with.</summary>
sealed class TokenList : IDisposable
{
    int[] tokens = new int[256];

    public int Count { get; private set; }

    public ReadOnlySpan<int> Span => tokens.AsSpan(0, Count);

    public int this[int index] => tokens[index];

    /// <summary>Space for more tokens. Follow with <see cref="Added"/>.</summary>
    public Span<int> Room(int count)
    {
        if (tokens.Length - Count < count)
        {
            var old = tokens;
            tokens = new int[Math.Max(checked(Count + count), old.Length * 2)];
            old.AsSpan(0, Count).CopyTo(tokens);
            Array.Clear(old);
        }

        return tokens.AsSpan(Count);
    }

    public void Added(int count) => Count += count;

    public void Add(int token)
    {
        Room(1)[0] = token;
        Added(1);
    }

    public void RemoveFirst()
    {
        tokens.AsSpan(1, Count - 1).CopyTo(tokens);
        Count--;
    }

    public void Dispose()
    {
        Array.Clear(tokens);
        Count = 0;
    }
}
