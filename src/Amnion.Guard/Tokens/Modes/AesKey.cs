using System.Security.Cryptography;

namespace Amnion.Guard.Tokens.Modes;

/// <summary>Makes the BCL's AES objects from key bytes, leaving no copy behind.</summary>
static class AesKey
{
    public static Aes Create(ReadOnlySpan<byte> key)
    {
        if (key.Length is not (16 or 24 or 32))
        {
            throw new ArgumentException($"An AES key is 16, 24 or 32 bytes; got {key.Length}.", nameof(key));
        }

        var aes = Aes.Create();
        aes.SetKey(key);
        return aes;
    }
}
