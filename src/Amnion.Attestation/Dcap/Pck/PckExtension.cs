using System.Collections.Immutable;
using System.Formats.Asn1;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Dcap.Pck;

/// <summary>
/// What a PCK certificate says of its platform: Intel SGX PCK Certificate and Certificate Revocation List Profile, §1.3.5 "SGX Extension". Items this
/// version does not know are skipped: Intel signed them and no rule names them.
/// </summary>
sealed class PckExtension
{
    /// <summary>Components of the processor's security version.</summary>
    public const int ComponentCount = 16;

    const string Oid = "1.2.840.113741.1.13.1";
    const string Tcb = Oid + ".2";
    const string Configuration = Oid + ".7";
    const int MaxItems = 64;

    PckExtension()
    {
    }

    /// <summary>Platform Provisioning ID, 16 bytes: the same for a processor's whole life.</summary>
    public required ReadOnlyMemory<byte> Ppid { get; init; }

    /// <summary>SVN of each of the 16 TCB components.</summary>
    public required ImmutableArray<byte> Components { get; init; }

    public required int PceSvn { get; init; }

    public required ReadOnlyMemory<byte> CpuSvn { get; init; }

    /// <summary>Identifier of the provisioning certification enclave, 2 bytes.</summary>
    public required ReadOnlyMemory<byte> PceId { get; init; }

    /// <summary>Family-Model-Stepping-Platform-CustomSKU, 6 bytes.</summary>
    public required ReadOnlyMemory<byte> Fmspc { get; init; }

    /// <summary>0 standard, 1 scalable, 2 scalable with integrity; null where absent. No rule depends on it.</summary>
    public int? SgxType { get; init; }

    /// <summary>Identifier of a platform of several packages, 16 bytes; null where absent.</summary>
    public ReadOnlyMemory<byte>? PlatformInstanceId { get; init; }

    /// <summary>Flags by the last arc of their identifiers: 1 dynamic platform, 2 cached keys, 3 SMT enabled. Only those present.</summary>
    public required ImmutableSortedDictionary<int, bool> Flags { get; init; }

    /// <summary><see cref="Fmspc"/> in hexadecimal.</summary>
    public string FmspcText => field ??= DcapFields.Hex(Fmspc);

    /// <summary><see cref="PceId"/> in hexadecimal.</summary>
    public string PceIdText => field ??= DcapFields.Hex(PceId);

    /// <summary>Null where the certificate has no such extension.</summary>
    /// <exception cref="DcapFormatException">The extension is not of Intel's form, with code <see cref="DcapCodes.PckExtension"/>.</exception>
    public static PckExtension? Read(Certificate certificate, AppraisalCache? cache = null)
    {
        var value = certificate.Extensions.FirstOrDefault(extension => extension.Oid == Oid);
        if (value.Oid is null)
        {
            return null;
        }

        try
        {
            return AppraisalCache.Read(cache, nameof(PckExtension), value.Value, static encoded => Read(encoded));
        }
        catch (AsnContentException exception)
        {
            throw new DcapFormatException(0, "SGX extension", exception.Message, DcapCodes.PckExtension);
        }
    }

    static PckExtension Read(ReadOnlyMemory<byte> value)
    {
        var items = Items(value);
        var tcb = Items(Required(items, Tcb));
        return new PckExtension
        {
            Ppid = Octets(items, Oid + ".1", 16),
            Components = [.. Enumerable.Range(1, ComponentCount).Select(i => (byte)Integer(tcb, $"{Tcb}.{i}", byte.MaxValue))],
            PceSvn = Integer(tcb, Tcb + ".17", ushort.MaxValue),
            CpuSvn = Octets(tcb, Tcb + ".18", 16),
            PceId = Octets(items, Oid + ".3", 2),
            Fmspc = Octets(items, Oid + ".4", 6),
            SgxType = items.ContainsKey(Oid + ".5") ? Enumerated(items, Oid + ".5") : null,
            PlatformInstanceId = items.ContainsKey(Oid + ".6") ? Octets(items, Oid + ".6", 16) : (ReadOnlyMemory<byte>?)null,
            Flags = items.TryGetValue(Configuration, out var configuration) ? ReadFlags(Items(configuration)) : ImmutableSortedDictionary<int, bool>.Empty,
        };
    }

    static ImmutableSortedDictionary<int, bool> ReadFlags(Dictionary<string, ReadOnlyMemory<byte>> items)
    {
        var flags = ImmutableSortedDictionary.CreateBuilder<int, bool>();
        foreach (var arc in Enumerable.Range(1, 3).Where(arc => items.ContainsKey($"{Configuration}.{arc}")))
        {
            flags[arc] = Whole(items[$"{Configuration}.{arc}"], reader => reader.ReadBoolean());
        }

        return flags.ToImmutable();
    }

    /// <summary>SEQUENCE OF SEQUENCE { identifier, value }, no identifier twice.</summary>
    static Dictionary<string, ReadOnlyMemory<byte>> Items(ReadOnlyMemory<byte> value) => Whole(value, outer =>
    {
        var items = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        var sequence = outer.ReadSequence();
        while (sequence.HasData)
        {
            var item = sequence.ReadSequence();
            if (items.Count == MaxItems || !items.TryAdd(item.ReadObjectIdentifier(), item.ReadEncodedValue()))
            {
                throw new AsnContentException("An item twice, or more than 64.");
            }

            item.ThrowIfNotEmpty();
        }

        return items;
    });

    static ReadOnlyMemory<byte> Required(Dictionary<string, ReadOnlyMemory<byte>> items, string oid) =>
        items.TryGetValue(oid, out var value) ? value : throw new AsnContentException($"Item {oid} is absent.");

    static ReadOnlyMemory<byte> Octets(Dictionary<string, ReadOnlyMemory<byte>> items, string oid, int length)
    {
        var octets = Whole(Required(items, oid), reader => reader.ReadOctetString());
        return octets.Length == length ? octets : throw new AsnContentException($"Item {oid} has {octets.Length} bytes; {length} expected.");
    }

    static int Integer(Dictionary<string, ReadOnlyMemory<byte>> items, string oid, int most) => Whole(Required(items, oid), reader =>
        reader.TryReadInt32(out var number) && number >= 0 && number <= most ? number : throw new AsnContentException($"Item {oid} is not a number up to {most}."));

    static int Enumerated(Dictionary<string, ReadOnlyMemory<byte>> items, string oid) => Whole(Required(items, oid), reader =>
        reader.ReadEnumeratedBytes().Span is [var number] && number <= sbyte.MaxValue ? number : throw new AsnContentException($"Item {oid} is not a small number."));

    static T Whole<T>(ReadOnlyMemory<byte> value, Func<AsnReader, T> read)
    {
        var reader = new AsnReader(value, AsnEncodingRules.DER);
        var result = read(reader);
        reader.ThrowIfNotEmpty();
        return result;
    }
}
