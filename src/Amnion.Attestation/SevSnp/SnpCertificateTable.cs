using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;

namespace Amnion.Attestation.SevSnp;

/// <summary>
/// The certificates that a host hands its guest with a report (SNP_GET_EXT_REPORT): AMD 56421 (GHCB), SNP Extended Guest Request. A list of GUID,
/// offset and length ends with zeros; the items stand behind it. The host made it, so it proves nothing: it only saves a request to AMD.
/// </summary>
public sealed record SnpCertificateTable
{
    /// <summary>Most bytes; hosts give some pages.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>Most entries; five kinds are defined.</summary>
    public const int MaxEntries = 16;

    /// <summary>Most bytes of one item; certificates have less than 2048 and AMD's revocation lists less than 1024.</summary>
    public const int MaxItemLength = 16 * 1024;

    const int EntryLength = 24;
    const int GuidLength = 16;

    static readonly Guid s_revocationList = new("92f81bc3-5811-4d3d-97ff-d19f88dc67ea");

    static readonly Guid[] s_certificates =
    [
        new("63da758d-e664-4564-adc5-f4b93be8accd"), // VCEK
        new("a8074bc2-a25a-483e-aae6-39c045a0b8a1"), // VLEK
        new("4ab7b379-bbac-4fe4-a02f-05aef327c782"), // ASK or ASVK
        new("c0b406a4-a803-4952-9743-3fb6014cd0ae"), // ARK
    ];

    /// <summary>VCEK, VLEK, ASK and ARK in the table's order.</summary>
    public required ImmutableArray<ReadOnlyMemory<byte>> Certificates { get; init; }

    /// <summary>Revocation lists.</summary>
    public required ImmutableArray<ReadOnlyMemory<byte>> RevocationLists { get; init; }

    /// <summary>GUIDs of items this version does not know; they were ignored.</summary>
    public required ImmutableArray<Guid> Unknown { get; init; }

    /// <summary>Parses and copies a whole table. Nothing overlaps, no GUID is there twice, and bytes of no item are zero.</summary>
    /// <exception cref="SnpFormatException">Anything else.</exception>
    public static SnpCertificateTable Parse(ReadOnlySpan<byte> table) => Parse(table, 0);

    /// <param name="table">The table alone.</param>
    /// <param name="start">Where it stands in the Evidence, for messages.</param>
    internal static SnpCertificateTable Parse(ReadOnlySpan<byte> table, int start)
    {
        if (table.Length is 0 or > MaxLength)
        {
            throw Error(start, "CERT_TABLE", $"is {table.Length} bytes; expected 1 to {MaxLength}");
        }

        var entries = ReadEntries(table, start);
        var covered = new bool[table.Length];
        covered.AsSpan(0, (entries.Count + 1) * EntryLength).Fill(true);
        var certificates = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        var lists = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        var unknown = ImmutableArray.CreateBuilder<Guid>();
        foreach (var (guid, offset, length) in entries)
        {
            if (covered.AsSpan(offset, length).Contains(true))
            {
                throw Error(start + offset, "CERT_TABLE", "has items that overlap");
            }

            covered.AsSpan(offset, length).Fill(true);
            if (guid == s_revocationList)
            {
                lists.Add(table.Slice(offset, length).ToArray());
            }
            else if (s_certificates.Contains(guid))
            {
                certificates.Add(table.Slice(offset, length).ToArray());
            }
            else
            {
                unknown.Add(guid);
            }
        }

        CheckPadding(table, covered, start);
        return new SnpCertificateTable { Certificates = certificates.ToImmutable(), RevocationLists = lists.ToImmutable(), Unknown = unknown.ToImmutable() };
    }

    static List<(Guid Guid, int Offset, int Length)> ReadEntries(ReadOnlySpan<byte> table, int start)
    {
        var entries = new List<(Guid Guid, int Offset, int Length)>();
        for (var at = 0; ; at += EntryLength)
        {
            if (table.Length - at < EntryLength)
            {
                throw Error(start + at, "CERT_TABLE", "ends within its list of items");
            }

            var entry = table.Slice(at, EntryLength);
            if (!entry.ContainsAnyExcept((byte)0))
            {
                return entries;
            }

            var guid = ReadGuid(entry[..GuidLength]);
            var offset = BinaryPrimitives.ReadUInt32LittleEndian(entry[GuidLength..]);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(entry[(GuidLength + 4)..]);
            if (length is 0 or > MaxItemLength || offset > table.Length || length > table.Length - offset)
            {
                throw Error(start + at, "CERT_TABLE", $"has an item of {length} bytes at {offset} in {table.Length} bytes; one item has 1 to {MaxItemLength}");
            }

            if (entries.Count == MaxEntries || entries.Exists(other => other.Guid == guid))
            {
                throw Error(start + at, "CERT_TABLE", $"has an item twice, or more than {MaxEntries}");
            }

            entries.Add((guid, (int)offset, (int)length));
        }
    }

    /// <summary>AMD's tools write GUIDs as they are printed, some hosts in the mixed order of UEFI. The known ones have no two readings in common.</summary>
    static Guid ReadGuid(ReadOnlySpan<byte> bytes)
    {
        var mixed = new Guid(bytes);
        return mixed == s_revocationList || s_certificates.Contains(mixed) ? mixed : new Guid(bytes, bigEndian: true);
    }

    static void CheckPadding(ReadOnlySpan<byte> table, bool[] covered, int start)
    {
        for (var i = 0; i < table.Length; i++)
        {
            if (!covered[i] && table[i] != 0)
            {
                throw Error(start + i, "CERT_TABLE", "has a byte that is in no item and not zero");
            }
        }
    }

    static SnpFormatException Error(int offset, string field, FormattableString problem) =>
        new(offset, field, problem.ToString(CultureInfo.InvariantCulture), SnpCodes.CertificateTable);

    static SnpFormatException Error(int offset, string field, string problem) => new(offset, field, problem, SnpCodes.CertificateTable);
}
