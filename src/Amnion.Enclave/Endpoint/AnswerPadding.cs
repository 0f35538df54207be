using Amnion.Enclave.Api;
using Amnion.Sealing;

namespace Amnion.Enclave.Endpoint;

/// <summary>Brings every sealed chunk to a bucket's length, so that lengths on the wire do not tell tokens apart.</summary>
static class AnswerPadding
{
    /// <summary>Most content of one chunk: with the head, its length prefix and padding it stays within what every receiver takes.</summary>
    public const int MaxContent = 12 * 1024;

    // ":", line end, blank line.
    const int ShortestComment = 3;

    /// <summary>Appends a comment line (HTML Living Standard §9.2.6), which readers of events pass over.</summary>
    /// <param name="buffer">The events of one chunk.</param>
    /// <param name="before">Bytes of the chunk that stand before the content.</param>
    public static void PadEvents(AnswerBuffer buffer, int before)
    {
        var padding = PaddingFor(buffer.Length, before, ShortestComment);
        if (padding > 0)
        {
            buffer.Append(":"u8);
            buffer.Fill((byte)' ', padding - ShortestComment);
            buffer.Append("\n\n"u8);
        }
    }

    /// <summary>Appends spaces, which JSON allows after a value (RFC 8259 §2).</summary>
    public static void PadJson(AnswerBuffer buffer, int before) => buffer.Fill((byte)' ', PaddingFor(buffer.Length, before, 1));

    /// <summary>Bytes of the length before a piece of content (RFC 9000 §16).</summary>
    public static int PrefixLength(int content) => content < 64 ? 1 : content < 16384 ? 2 : 4;

    static int PaddingFor(int content, int before, int shortest)
    {
        ReadOnlySpan<int> prefixes = [1, 2, 4];
        for (var target = PaddingBuckets.RoundUp(before + PrefixLength(content) + content); ; target = PaddingBuckets.RoundUp(target + 1))
        {
            // The prefix may grow with the padding, so each of its lengths is tried.
            foreach (var prefix in prefixes)
            {
                var padded = target - before - prefix;
                if (PrefixLength(padded) == prefix && (padded == content || padded - content >= shortest))
                {
                    return padded - content;
                }
            }
        }
    }
}
