using System.Text;

namespace Amnion.Inference.Worker;

/// <summary>
/// Between a sequence's tokens and its reader: gives out whole code points only, ends at a stop text, and holds back what
/// may still become one, so that no part of a stop is ever given out.
/// </summary>
sealed class OutputFilter(byte[][] stops) : IDisposable
{
    static readonly byte[] Replacement = [0xEF, 0xBF, 0xBD];

    byte[] held = new byte[64];
    byte[] output = new byte[64];
    int heldLength;
    int outputLength;

    /// <summary>True once a stop text was met; nothing follows it.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Takes a token's bytes and returns what may be given out now, valid until the next call.</summary>
    public ReadOnlySpan<byte> Append(ReadOnlySpan<byte> bytes)
    {
        Grow(ref held, heldLength, bytes.Length);
        bytes.CopyTo(held.AsSpan(heldLength));
        heldLength += bytes.Length;
        outputLength = 0;

        var text = held.AsSpan(0, heldLength);
        var stop = FindStop(text);
        if (stop >= 0)
        {
            Stopped = true;
            GiveOut(text[..stop], last: true);
            text.Clear();
            heldLength = 0;
        }
        else
        {
            var free = heldLength - LongestStopStart(text);
            Drop(GiveOut(text[..free], last: free < heldLength));
        }

        return output.AsSpan(0, outputLength);
    }

    /// <summary>What was held back, at the end; an unfinished code point becomes U+FFFD.</summary>
    public ReadOnlySpan<byte> Flush()
    {
        outputLength = 0;
        Drop(GiveOut(held.AsSpan(0, heldLength), last: true));
        return output.AsSpan(0, outputLength);
    }

    public void Dispose()
    {
        Array.Clear(held);
        Array.Clear(output);
    }

    /// <summary>Copies whole code points to the output; ill-formed bytes become U+FFFD. Returns the bytes used.</summary>
    int GiveOut(ReadOnlySpan<byte> text, bool last)
    {
        var used = 0;
        while (used < text.Length)
        {
            var status = Rune.DecodeFromUtf8(text[used..], out _, out var consumed);
            if (status == System.Buffers.OperationStatus.NeedMoreData && !last)
            {
                break;
            }

            ReadOnlySpan<byte> rune = status == System.Buffers.OperationStatus.Done ? text.Slice(used, consumed) : Replacement;
            Grow(ref output, outputLength, rune.Length);
            rune.CopyTo(output.AsSpan(outputLength));
            outputLength += rune.Length;
            used += consumed;
        }

        return used;
    }

    int FindStop(ReadOnlySpan<byte> text)
    {
        var first = -1;
        foreach (var stop in stops)
        {
            var at = text.IndexOf(stop);
            if (at >= 0 && (first < 0 || at < first))
            {
                first = at;
            }
        }

        return first;
    }

    /// <summary>Length of the longest end of the text that a stop begins with.</summary>
    int LongestStopStart(ReadOnlySpan<byte> text)
    {
        var longest = 0;
        foreach (var stop in stops)
        {
            for (var length = Math.Min(stop.Length - 1, text.Length); length > longest; length--)
            {
                if (text[^length..].SequenceEqual(stop.AsSpan(0, length)))
                {
                    longest = length;
                }
            }
        }

        return longest;
    }

    void Drop(int count)
    {
        held.AsSpan(count, heldLength - count).CopyTo(held);
        held.AsSpan(heldLength - count, count).Clear();
        heldLength -= count;
    }

    static void Grow(ref byte[] buffer, int length, int more)
    {
        if (buffer.Length - length < more)
        {
            var old = buffer;
            buffer = new byte[Math.Max(length + more, old.Length * 2)];
            old.AsSpan(0, length).CopyTo(buffer);
            Array.Clear(old);
        }
    }
}
