using System.Security.Cryptography;

namespace Amnion.Guard.Pii.Validators;

/// <summary>Addresses of crypto-currencies. Ethereum's mixed-case check (EIP-55) needs Keccak-256, which the framework lacks: such addresses are accepted by their form.</summary>
static class CryptoAddresses
{
    const string Base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    const string Bech32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

    const uint Bech32Constant = 1, Bech32MConstant = 0x2bc830a3;

    /// <summary>A Base58Check address of Bitcoin, version 0 or 5: 25 bytes of which the last four are a double SHA-256's first.</summary>
    public static bool IsBase58Check(ReadOnlySpan<char> text)
    {
        if (text.Length is < 26 or > 35)
        {
            return false;
        }

        Span<byte> decoded = stackalloc byte[25];
        decoded.Clear();
        foreach (var c in text)
        {
            var carry = Base58.IndexOf(c);
            if (carry < 0)
            {
                return false;
            }

            for (var i = 24; i >= 0; i--)
            {
                carry += decoded[i] * 58;
                decoded[i] = (byte)carry;
                carry >>= 8;
            }

            if (carry != 0)
            {
                return false;
            }
        }

        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(decoded[..21], hash);
        SHA256.HashData(hash, hash);
        return decoded[0] is 0 or 5 && hash[..4].SequenceEqual(decoded[21..]);
    }

    /// <summary>A segregated-witness address: BIP 173 for version 0, BIP 350 for later ones; one case only.</summary>
    public static bool IsBech32(ReadOnlySpan<char> text)
    {
        if (text.Length is < 14 or > 74)
        {
            return false;
        }

        Span<char> lower = stackalloc char[74];
        lower = lower[..text.ToLowerInvariant(lower)];
        if (!lower.StartsWith("bc1") && !lower.StartsWith("tb1") || (!lower.SequenceEqual(text) && text.ContainsAnyInRange('a', 'z')))
        {
            return false;
        }

        // The human-readable part's high bits, a zero and its low bits.
        var checksum = Step(Step(Step(Step(Step(1, 3), 3), 0), (uint)lower[0] & 31), (uint)lower[1] & 31);
        foreach (var c in lower[3..])
        {
            var value = Bech32.IndexOf(c);
            if (value < 0)
            {
                return false;
            }

            checksum = Step(checksum, (uint)value);
        }

        var version = Bech32.IndexOf(lower[3]);
        return version <= 16 && checksum == (version == 0 ? Bech32Constant : Bech32MConstant);
    }

    static uint Step(uint checksum, uint value)
    {
        var top = checksum >> 25;
        checksum = ((checksum & 0x1ffffff) << 5) ^ value;
        checksum ^= (top & 1) != 0 ? 0x3b6a57b2u : 0;
        checksum ^= (top & 2) != 0 ? 0x26508e6du : 0;
        checksum ^= (top & 4) != 0 ? 0x1ea119fau : 0;
        checksum ^= (top & 8) != 0 ? 0x3d4233ddu : 0;
        return checksum ^ ((top & 16) != 0 ? 0x2a1462b3u : 0);
    }
}
