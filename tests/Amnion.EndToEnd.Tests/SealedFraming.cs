namespace Amnion.EndToEnd.Tests;

/// <summary>The framing of a sealed answer, which a relay sees too: a nonce, then chunks with their length before them (RFC 9000 §16), then the final chunk after a zero.</summary>
static class SealedFraming
{
    // max(Nk, Nn) of AES-256-GCM: RFC 9458 §4.4.
    const int NonceLength = 32;

    /// <summary>Where each chunk stands; the last is the final one with its marker.</summary>
    public static List<Range> Chunks(byte[] answer)
    {
        var chunks = new List<Range>();
        for (var at = NonceLength; at < answer.Length;)
        {
            var size = 1 << (answer[at] >> 6);
            long length = answer[at] & 0x3f;
            for (var i = 1; i < size; i++)
            {
                length = (length << 8) | answer[at + i];
            }

            var end = length == 0 ? answer.Length : at + size + (int)length;
            chunks.Add(at..end);
            at = end;
        }

        return chunks;
    }

    /// <summary>The answer with two of its chunks exchanged.</summary>
    public static byte[] Swap(byte[] answer, int first, int second)
    {
        var chunks = Chunks(answer);
        (chunks[first], chunks[second]) = (chunks[second], chunks[first]);
        return [.. answer.AsSpan(0, NonceLength), .. chunks.SelectMany(chunk => answer[chunk])];
    }
}
