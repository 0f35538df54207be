using System.Buffers.Binary;
using Amnion.Records;

namespace Amnion.Host.Relay;

/// <summary>Writes a keyset's sealing keys as "application/ohttp-keys", RFC 9458 §3: key configurations, each after its 16-bit length.</summary>
static class OhttpKeys
{
    internal const string MediaType = "application/ohttp-keys";

    /// <summary>Best key first, as the keyset orders them.</summary>
    internal static byte[] Encode(Keyset keyset)
    {
        var output = new List<byte>();
        foreach (var key in keyset.Sealing)
        {
            var algorithms = key.Suites.Select(suite => Suites.Identifiers[suite]).ToList();
            var configuration = new byte[1 + 2 + key.PublicKey.Length + 2 + (4 * algorithms.Count)];
            configuration[0] = key.Id;
            BinaryPrimitives.WriteUInt16BigEndian(configuration.AsSpan(1), algorithms[0].Kem);
            key.PublicKey.CopyTo(configuration, 3);
            var rest = configuration.AsSpan(3 + key.PublicKey.Length);
            BinaryPrimitives.WriteUInt16BigEndian(rest, checked((ushort)(4 * algorithms.Count)));
            for (var i = 0; i < algorithms.Count; i++)
            {
                BinaryPrimitives.WriteUInt16BigEndian(rest[(2 + (4 * i))..], algorithms[i].Kdf);
                BinaryPrimitives.WriteUInt16BigEndian(rest[(4 + (4 * i))..], algorithms[i].Aead);
            }

            var length = checked((ushort)configuration.Length);
            output.AddRange([(byte)(length >> 8), (byte)length]);
            output.AddRange(configuration);
        }

        return [.. output];
    }
}
