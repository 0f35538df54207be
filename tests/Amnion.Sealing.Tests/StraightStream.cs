using System.Security.Cryptography;

namespace Amnion.Sealing.Tests;

/// <summary>
/// A second, independent implementation of the sealed stream, written straight from Tink's description and with none of
/// the product's code: HKDF from HMAC alone, one loop, whole arrays.
/// </summary>
static class StraightStream
{
    const int Segment = 1048576;

    public static byte[] Seal(byte[] key, byte[] associatedData, byte[] salt, byte[] prefix, byte[] plaintext)
    {
        var stream = new List<byte>();
        stream.Add(40);
        stream.AddRange(salt);
        stream.AddRange(prefix);
        using var aes = new AesGcm(StreamKey(key, associatedData, salt), 16);
        uint number = 0;
        var position = 0;
        var room = Segment - 40 - 16;
        while (true)
        {
            var length = Math.Min(room, plaintext.Length - position);
            var last = position + length == plaintext.Length;
            var ciphertext = new byte[length];
            var tag = new byte[16];
            aes.Encrypt(Nonce(prefix, number, last), plaintext.AsSpan(position, length), ciphertext, tag);
            stream.AddRange(ciphertext);
            stream.AddRange(tag);
            position += length;
            number++;
            room = Segment - 16;
            if (last)
            {
                return [.. stream];
            }
        }
    }

    public static byte[] Open(byte[] key, byte[] associatedData, byte[] stream)
    {
        Assert.Equal(40, stream[0]);
        using var aes = new AesGcm(StreamKey(key, associatedData, stream[1..33]), 16);
        var plaintext = new List<byte>();
        var position = 40;
        for (uint number = 0; ; number++)
        {
            var end = Math.Min(stream.Length, (int)(number + 1) * Segment);
            var last = end == stream.Length;
            var opened = new byte[end - 16 - position];
            aes.Decrypt(Nonce(stream[33..40], number, last), stream.AsSpan(position, opened.Length), stream.AsSpan(end - 16, 16), opened);
            plaintext.AddRange(opened);
            position = end;
            if (last)
            {
                return [.. plaintext];
            }
        }
    }

    /// <summary>RFC 5869 with HMAC-SHA256; one block of output is enough.</summary>
    static byte[] StreamKey(byte[] key, byte[] associatedData, byte[] salt) =>
        HMACSHA256.HashData(HMACSHA256.HashData(salt, key), (byte[])[.. associatedData, 1]);

    static byte[] Nonce(byte[] prefix, uint number, bool last) =>
        [.. prefix, (byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number, last ? (byte)1 : (byte)0];
}
