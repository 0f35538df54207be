using Amnion.Records;
using Amnion.Sealing;

namespace Amnion.EndToEnd.Tests;

/// <summary>
/// Finds the private halves of an enclave's keyset in its memory, as root on an emulated platform can: every aligned piece that looks random is
/// tried as a private key until each public key of the keyset is met. They have no export, so there is no gentler way to know what to look for.
/// </summary>
static class EnclaveKeys
{
    const int KeyLength = 32;

    // The C library's allocator aligns to this, and so do the numbers that OpenSSL puts there.
    const int Alignment = 16;

    // 32 random bytes have about 30 different ones; fewer than 22 in one case of a hundred million.
    const int FewestDifferentBytes = 22;

    /// <summary>The private keys found, by the names of their public halves.</summary>
    public static Dictionary<string, byte[]> Find(int enclave, Keyset keyset)
    {
        var wanted = keyset.Sealing.ToDictionary(key => $"sealing key {KemOf(key)}", key => (Kem: KemOf(key), Public: key.PublicKey.ToArray()));
        wanted.Add("receipt key", (HpkeKem.P256, [.. keyset.ReceiptKey[^65..]]));
        var found = new Dictionary<string, byte[]>();
        foreach (var piece in ProcessMemory.Heap(enclave))
        {
            for (var at = 0; at + KeyLength <= piece.Length && found.Count < wanted.Count; at += Alignment)
            {
                var candidate = piece.AsSpan(at, KeyLength);
                if (LooksRandom(candidate))
                {
                    Try(candidate, wanted, found);
                }
            }
        }

        return found;
    }

    static void Try(ReadOnlySpan<byte> candidate, Dictionary<string, (HpkeKem Kem, byte[] Public)> wanted, Dictionary<string, byte[]> found)
    {
        foreach (var kem in wanted.Values.Select(key => key.Kem).Distinct())
        {
            // Numbers of P-256 stand in memory with the lowest byte first; X25519 has bytes.
            byte[] key = candidate.ToArray();
            if (kem == HpkeKem.P256)
            {
                Array.Reverse(key);
            }

            try
            {
                using var imported = HpkePrivateKey.Import(kem, key);
                foreach (var (name, other) in wanted.Where(other => other.Value.Kem == kem && imported.PublicKey.Bytes.SequenceEqual(other.Value.Public)))
                {
                    found[name] = key;
                }
            }
            catch (HpkeKeyFormatException)
            {
                // Not below the group's order, and so no key.
            }
        }
    }

    static HpkeKem KemOf(SealingKey key) => (HpkeKem)Suites.Identifiers[key.Suites[0]].Kem;

    static bool LooksRandom(ReadOnlySpan<byte> bytes)
    {
        Span<bool> seen = stackalloc bool[256];
        var different = 0;
        foreach (var value in bytes)
        {
            different += seen[value] ? 0 : 1;
            seen[value] = true;
        }

        return different >= FewestDifferentBytes;
    }
}
