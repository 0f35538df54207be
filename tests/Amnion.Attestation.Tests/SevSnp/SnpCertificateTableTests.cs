using System.Buffers.Binary;
using Amnion.Attestation.SevSnp;

namespace Amnion.Attestation.Tests.SevSnp;

public sealed class SnpCertificateTableTests
{
    const string Vcek = "63da758d-e664-4564-adc5-f4b93be8accd";
    const string Ask = "4ab7b379-bbac-4fe4-a02f-05aef327c782";
    const string List = "92f81bc3-5811-4d3d-97ff-d19f88dc67ea";
    const string Other = "00112233-4455-6677-8899-aabbccddeeff";

    /// <summary>A table as hosts lay it out: entries, zeros, items one after another, zeros up to a whole page.</summary>
    public static byte[] Table(params (string Guid, byte[] Item)[] items)
    {
        var start = 24 * (items.Length + 1);
        var table = new byte[(start + items.Sum(item => item.Item.Length) + 4095) / 4096 * 4096];
        var at = start;
        foreach (var (index, (guid, item)) in items.Index())
        {
            Entry(table, index, guid, at, item.Length);
            item.CopyTo(table, at);
            at += item.Length;
        }

        return table;
    }

    static void Entry(byte[] table, int index, string guid, int offset, int length, bool bigEndian = true)
    {
        Guid.Parse(guid).TryWriteBytes(table.AsSpan(24 * index), bigEndian, out _);
        BinaryPrimitives.WriteInt32LittleEndian(table.AsSpan((24 * index) + 16), offset);
        BinaryPrimitives.WriteInt32LittleEndian(table.AsSpan((24 * index) + 20), length);
    }

    static string Refuses(byte[] table)
    {
        var exception = Assert.Throws<SnpFormatException>(() => SnpCertificateTable.Parse(table));
        Assert.Equal(SnpCodes.CertificateTable, exception.Code);
        Assert.InRange(exception.Offset, 0, table.Length);
        return exception.Message;
    }

    [Fact]
    public void Reads_certificates_lists_and_names_what_it_does_not_know()
    {
        var table = SnpCertificateTable.Parse(Table((Vcek, [1, 2, 3]), (Other, [9]), (Ask, [4, 5]), (List, [6])));
        Assert.Equal([[1, 2, 3], [4, 5]], table.Certificates.Select(item => item.ToArray()));
        Assert.Equal([[6]], table.RevocationLists.Select(item => item.ToArray()));
        Assert.Equal([Guid.Parse(Other)], table.Unknown);
    }

    [Fact]
    public void Reads_guids_in_either_byte_order()
    {
        var table = Table((Vcek, [7]));
        Entry(table, 0, Vcek, 48, 1, bigEndian: false);
        Assert.Equal([[7]], SnpCertificateTable.Parse(table).Certificates.Select(item => item.ToArray()));
    }

    [Fact]
    public void An_empty_table_has_nothing() => Assert.Empty(SnpCertificateTable.Parse(new byte[4096]).Certificates);

    [Theory]
    [InlineData(0)]
    [InlineData(SnpCertificateTable.MaxLength + 1)]
    public void Refuses_a_length_out_of_bounds(int length) => Assert.Contains("expected 1 to 65536", Refuses(new byte[length]), StringComparison.Ordinal);

    [Theory]
    [InlineData(23)]
    [InlineData(47)]
    public void Refuses_a_list_without_an_end(int length)
    {
        var table = new byte[length];
        if (length >= 24)
        {
            Entry(table, 0, Vcek, 24, 1);
        }

        Assert.Contains("ends within", Refuses(table), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4096, 1)]
    [InlineData(4095, 2)]
    [InlineData(48, 0)]
    [InlineData(-1, 1)]
    [InlineData(48, -1)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void Refuses_an_item_outside(int offset, int length)
    {
        var table = new byte[4096];
        Entry(table, 0, Vcek, offset, length);
        Assert.Contains("has an item of", Refuses(table), StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_items_that_overlap_each_other_or_the_list()
    {
        var table = new byte[4096];
        Entry(table, 0, Vcek, 100, 10);
        Entry(table, 1, Ask, 109, 10);
        Assert.Contains("overlap", Refuses(table), StringComparison.Ordinal);
        Entry(table, 1, Ask, 71, 10);
        Assert.Contains("overlap", Refuses(table), StringComparison.Ordinal);
        Entry(table, 1, Ask, 72, 28);
        Assert.Equal(2, SnpCertificateTable.Parse(table).Certificates.Length);
    }

    [Fact]
    public void Refuses_an_item_twice() => Assert.Contains("twice", Refuses(Table((Vcek, [1]), (Vcek, [2]))), StringComparison.Ordinal);

    [Fact]
    public void Refuses_more_items_than_a_host_has()
    {
        var items = Enumerable.Range(0, SnpCertificateTable.MaxEntries + 1).Select(i => ($"00000000-0000-0000-0000-0000000000{i + 16:x2}", new byte[] { 1 })).ToArray();
        Assert.Contains("more than 16", Refuses(Table(items)), StringComparison.Ordinal);
        Assert.Equal(SnpCertificateTable.MaxEntries, SnpCertificateTable.Parse(Table(items[..^1])).Unknown.Length);
    }

    [Fact]
    public void Refuses_a_byte_of_no_item()
    {
        var table = Table((Vcek, [1]));
        table[^1] = 1;
        Assert.Contains("in no item", Refuses(table), StringComparison.Ordinal);
    }

    [Fact]
    public void An_offset_counts_from_the_start_of_the_evidence()
    {
        var exception = Assert.Throws<SnpFormatException>(() => SnpExtendedReport.Parse([.. SnpTestPlatform.Milan.Report(), 1]));
        Assert.Equal(SnpReport.Length, exception.Offset);
        Assert.False(SnpExtendedReport.TryParse(new byte[SnpExtendedReport.MaxLength + 1], out _));
    }
}
