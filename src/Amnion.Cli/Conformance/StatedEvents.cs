using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Amnion.Attestation.EventLogs;

namespace Amnion.Cli.Conformance;

/// <summary>Events as another parser states them, in JSON: register, type by name, digests, data, and whether the digests are those of the data.</summary>
static class StatedEvents
{
    /// <summary>TCG_EfiSpecIDEvent without its algorithms: TCG PC Client Platform Firmware Profile §10.4.5.1.</summary>
    static readonly byte[] s_header = [.. "Spec ID Event03\0"u8, 0, 0, 0, 0, 0, 2, 0, 2];

    /// <summary>The hashes by the names of these results, with TPM_ALG_ID and length.</summary>
    static readonly (string Name, ushort Algorithm, ushort Length, Func<byte[], byte[]> Hash)[] s_hashes =
    [
        ("SHA-256", 0x000b, SHA256.HashSizeInBytes, SHA256.HashData),
        ("SHA-384", 0x000c, SHA384.HashSizeInBytes, SHA384.HashData),
        ("SHA-512", 0x000d, SHA512.HashSizeInBytes, SHA512.HashData),
    ];

    /// <summary>Every type that has a name, by it: what this parser calls the events of a log with one of each.</summary>
    static readonly Lazy<Dictionary<string, uint>> s_types = new(() =>
    {
        var types = Enumerable.Range(0, 0x13).Select(number => (uint)number).Concat(Enumerable.Range(0, 0x100).Select(number => 0x80000000u + (uint)number)).Append(0x08000001u);
        var events = EventLog.Parse(Write(types.Select(type => (1u, type, new List<(int, byte[])> { (0, SHA256.HashData([])) }, Array.Empty<byte>())).ToList())).Events;
        return events.Where(entry => !entry.TypeName.StartsWith("0x", StringComparison.Ordinal)).ToDictionary(entry => entry.TypeName, entry => entry.Type, StringComparer.Ordinal);
    });

    /// <summary>Whether our reading of an event is what is stated of it.</summary>
    public static bool IsSame(EventLogEvent read, JsonElement stated)
    {
        var digests = Digests(stated);
        var data = Data(stated);
        var covers = digests.TrueForAll(digest => s_hashes[digest.Index].Hash(data).AsSpan().SequenceEqual(digest.Value));
        return read.Register == stated.GetProperty("index").GetUInt32()
            && read.TypeName == stated.GetProperty("type_name").GetString()
            && HasData(read, stated)
            && read.Digests.Count == digests.Count
            && digests.TrueForAll(digest => read.Digests.TryGetValue(s_hashes[digest.Index].Algorithm, out var found) && found.Span.SequenceEqual(digest.Value))
            && covers == stated.GetProperty("digest_matches_event").GetBoolean();
    }

    public static bool HasData(EventLogEvent read, JsonElement stated) => read.Data.Span.SequenceEqual(Data(stated));

    /// <summary>The events as a crypto-agile log with the hashes of the first of them.</summary>
    /// <exception cref="FormatException">A type or hash without a number.</exception>
    public static byte[] Encode(IReadOnlyList<JsonElement> stated) => Write([.. stated.Select(entry => (entry.GetProperty("index").GetUInt32(), Type(entry.GetProperty("type_name").GetString()!), Digests(entry), Data(entry)))]);

    static uint Type(string name) => s_types.Value.TryGetValue(name, out var type) ? type : throw new FormatException($"nobody knows the type \"{name}\"");

    static byte[] Write(List<(uint Register, uint Type, List<(int Index, byte[] Value)> Digests, byte[] Data)> events)
    {
        var hashes = events.Count == 0 ? [] : events[0].Digests.Select(digest => s_hashes[digest.Index]).ToList();
        using var specification = new MemoryStream();
        specification.Write(s_header);
        Number(specification, (uint)hashes.Count);
        foreach (var (_, algorithm, length, _) in hashes)
        {
            Short(specification, algorithm);
            Short(specification, length);
        }

        specification.WriteByte(0);

        // The header is an event of the older format, with a digest of 20 zeros.
        using var log = new MemoryStream();
        Number(log, 0);
        Number(log, 3);
        log.Write(new byte[20]);
        Number(log, (uint)specification.Length);
        specification.WriteTo(log);
        foreach (var (register, type, digests, data) in events)
        {
            Number(log, register);
            Number(log, type);
            Number(log, (uint)digests.Count);
            foreach (var (index, value) in digests)
            {
                Short(log, s_hashes[index].Algorithm);
                log.Write(value);
            }

            Number(log, (uint)data.Length);
            log.Write(data);
        }

        return log.ToArray();
    }

    static byte[] Data(JsonElement stated) => Convert.FromBase64String(stated.GetProperty("event").GetString()!);

    static List<(int Index, byte[] Value)> Digests(JsonElement stated) =>
        [.. stated.GetProperty("digests").EnumerateArray().Select(digest => (Hash(digest.GetProperty("alg").GetString()!), Convert.FromHexString(digest.GetProperty("digest").GetString()!)))];

    static int Hash(string name) => Array.FindIndex(s_hashes, hash => hash.Name == name) is >= 0 and var index ? index : throw new FormatException($"nobody computes \"{name}\"");

    static void Number(MemoryStream output, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        output.Write(bytes);
    }

    static void Short(MemoryStream output, ushort value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        output.Write(bytes);
    }
}
