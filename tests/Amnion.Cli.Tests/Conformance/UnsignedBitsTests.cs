using System.Buffers.Binary;
using System.Text;
using Amnion.Cli.Conformance;
using Amnion.Testing;

namespace Amnion.Cli.Tests.Conformance;

/// <summary>What a rule excuses, and the nearest alteration that it does not.</summary>
public sealed class UnsignedBitsTests
{
    static readonly string s_folder = SharedData.Folder("vectors/attestation");

    [Theory]
    [InlineData("0aFf\n", "0Aff\n", true)]
    [InlineData("0aFf\n", "0aFf ", true)]
    [InlineData("0aFf\n", "0aFe\n", false)]
    [InlineData("AQI=", "AQM=", false)]
    public void Text_counts_by_the_bytes_that_it_encodes(string original, string altered, bool covers) =>
        Assert.Equal(covers, UnsignedBits.Covers(Encoding.ASCII.GetBytes(original), Encoding.ASCII.GetBytes(altered)));

    [Theory]
    [InlineData("ak", 5, true)]
    [InlineData("ek", 5, true)]
    [InlineData("ak", -1, false)]
    [InlineData("ek", -1, false)]
    public void A_public_area_counts_by_its_key(string role, int at, bool covers)
    {
        var original = Case("tpm", "keylime-quote").File(role);
        Assert.Equal(covers, UnsignedBits.Covers(original, Flip(original, at)));
    }

    [Fact]
    public void A_file_of_registers_counts_by_its_values()
    {
        var original = Case("tpm", "keylime-quote").File("quotepcr");
        var banks = BinaryPrimitives.ReadInt32LittleEndian(original);
        Assert.True(UnsignedBits.Covers(original, Flip(original, 4 + (banks * 8))));
        Assert.False(UnsignedBits.Covers(original, Flip(original, 4)));
        Assert.False(UnsignedBits.Covers(original, Flip(original, 4 + (16 * 8) + 4 + 4 + 2)));
    }

    [Fact]
    public void A_log_counts_by_its_digests()
    {
        var original = Case("eventlog", "cos-113-tdx-ccel").File("ccel_data");
        Assert.True(UnsignedEvidence.Covers(original, Flip(original, 0)));

        // The first event begins after the header: register, type, count and identifier, then its digest.
        var first = 32 + BinaryPrimitives.ReadInt32LittleEndian(original.AsSpan(28));
        Assert.True(UnsignedEvidence.Covers(original, Flip(original, first + 4 + 3)));
        Assert.False(UnsignedEvidence.Covers(original, Flip(original, first)));
        Assert.False(UnsignedEvidence.Covers(original, Flip(original, first + 14)));
    }

    [Fact]
    public void A_quote_counts_by_its_bytes_and_by_the_certificates_of_its_chain()
    {
        var original = Case("tdx", "trustee-v4-7ea0d1").File("quote");
        var chain = original.AsSpan().IndexOf("-----BEGIN"u8);
        var line = chain + original.AsSpan(chain).IndexOf((byte)'\n');
        Assert.True(UnsignedBits.IsSameQuote(original, Replaced(line, (byte)'\r')));
        Assert.False(UnsignedBits.IsSameQuote(original, Replaced(line + 10, (byte)'*')));
        Assert.False(UnsignedBits.IsSameQuote(original, Replaced(line + 10, (byte)(original[line + 10] == 'A' ? 'B' : 'A'))));
        Assert.False(UnsignedBits.IsSameQuote(original, Replaced(chain - 1, (byte)(original[chain - 1] ^ 1))));
        Assert.False(UnsignedBits.IsSameQuote(original, original.AsSpan(0, chain)));
        Assert.False(UnsignedBits.IsSameQuote(original.AsSpan(0, chain), original.AsSpan(0, chain)));

        // Alone in a file it is no PEM file: what stands before the chain counts.
        Assert.False(UnsignedBits.Covers(original, Replaced(chain - 1, (byte)(original[chain - 1] ^ 1))));

        byte[] Replaced(int at, byte value)
        {
            byte[] altered = [.. original];
            altered[at] = value;
            return altered;
        }
    }

    [Fact]
    public void A_container_of_quotes_may_lose_one_and_alter_none()
    {
        var original = Case("tpm", "gce-cos-85-no-nonce").File("evidence");
        var second = original.AsSpan().IndexOf((byte[])[0x12, 0x91, 0x0a, 0x0a, 0x71, 0xff]);

        // The field's name turns into one that nobody reads; then the quote's own bytes.
        var without = original.ToArray();
        without[second] ^= 0x40;
        Assert.True(UnsignedEvidence.LeavesOutQuote(original, without));
        Assert.True(UnsignedEvidence.Covers(original, without));
        Assert.False(UnsignedEvidence.LeavesOutQuote(original, original));
        Assert.False(UnsignedEvidence.Covers(original, Flip(original, second + 30)));
        Assert.False(UnsignedEvidence.Covers(original, Flip(without, second + 1300 + 30)));
    }

    [Fact]
    public void Less_may_be_said_and_nothing_else()
    {
        string[] before = ["valid", "event.3.detail=quiet", "event.3.covers=data"];
        Assert.True(UnsignedEvidence.SaysNoMore(before, ["valid", "event.3.covers=nothing"]));
        Assert.False(UnsignedEvidence.SaysNoMore(before, ["valid", "event.3.detail=loud", "event.3.covers=data"]));
        Assert.False(UnsignedEvidence.SaysNoMore(before, ["valid", "td.covers=nothing"]));
    }

    [Fact]
    public void Of_a_file_with_a_policy_only_evidence_counts()
    {
        byte[] original = """{"quote_b64": "AQI=", "collateral": {"tcb_info_json": "{}"}, "policy": {"min": 1}}"""u8.ToArray();
        var members = UnsignedInput.Read(original);
        Assert.Equal(["/collateral/tcb_info_json", "/quote_b64"], members.Keys.Order());
        Assert.True(Covers("""{"quote_b64": "AQI=", "collateral": {"tcb_info_json": "{}"}, "pollcy": {"min": 0}}"""));
        Assert.True(Covers("""{"quote_b64": "AQI=", "collateral": {"tcb_info_json": "{ }"}}"""));
        Assert.True(UnsignedInput.Covers(members, [.. """{"quote_b64": "AQI=", "collateral": {"tcb_info_json": "{}"}, """u8, (byte)'"', 0xf0, .. "olicy\": {}}"u8], _ => false));
        Assert.False(Covers("""{"quote_b64": "AQM=", "collateral": {"tcb_info_json": "{}"}}"""));
        Assert.False(Covers("""{"quote_b64": "AQI=", "collaterel": {"tcb_info_json": "{}"}}"""));
        Assert.True(Covers("""{"quote_b64": "AQI=", "collaterel": {"tcb_info_json": "{}"}}""", "/collateral/tcb_info_json"));
        Assert.DoesNotContain("tcb_info_json", Encoding.UTF8.GetString(UnsignedInput.Without(original, "/collateral/tcb_info_json")), StringComparison.Ordinal);

        bool Covers(string altered, string needless = "") => UnsignedInput.Covers(members, Encoding.UTF8.GetBytes(altered), name => name == needless);
    }

    [Fact]
    public void What_many_runs_of_a_case_share_is_worked_out_anew_where_its_file_was_altered()
    {
        var item = Case("nitro", "synthetic-baseline");
        var path = item.Entries[0].Path;
        var length = item.FileAt(path).Length;
        Assert.Equal([(byte)length], item.Shared("length", Length));
        Assert.Same(item.Shared("length", Length), item.Shared("length", Length));
        Assert.Equal([3], item.With(path, [1, 2, 3]).Shared("length", Length));
        Assert.Equal([(byte)length], item.With("another", [1, 2, 3]).Shared("length", Length));

        byte[] Length(ConformanceCase of) => [(byte)of.FileAt(path).Length];
    }

    static ConformanceCase Case(string tee, string id) => BitFlips.Cases(s_folder, item => item.Tee == tee && item.Id == id).Single();

    static byte[] Flip(byte[] original, int at)
    {
        byte[] altered = [.. original];
        altered[at < 0 ? altered.Length + at : at] ^= 1;
        return altered;
    }
}
