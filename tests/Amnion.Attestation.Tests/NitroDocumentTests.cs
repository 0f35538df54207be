using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Attestation.Cbor;
using Amnion.Attestation.Nitro;

namespace Amnion.Attestation.Tests;

/// <summary>The document's syntax: AWS's field rules and limits, and the one encoding that is accepted.</summary>
public sealed class NitroDocumentTests
{
    static readonly TestChain s_chain = new();
    static readonly ECDsa s_key = s_chain.Leaf.Key;

    /// <summary>Signs a payload made of members in the given order; null values leave the member out.</summary>
    static byte[] Document(bool indefinite, params (string Name, Action<CborOutput>? Value)[] changes)
    {
        var members = new List<(string Name, Action<CborOutput>? Value)>
        {
            ("module_id", output => output.Text("i-0123")),
            ("digest", output => output.Text("SHA384")),
            ("timestamp", output => output.Unsigned(1_780_000_000_000)),
            ("pcrs", output => output.Map(1).Unsigned(0).Bytes(TestChain.Register(0).Bytes.Span)),
            ("certificate", output => output.Bytes(new byte[10])),
            ("cabundle", output => output.Array(1).Bytes(new byte[10])),
            ("public_key", output => output.OptionalBytes(null)),
            ("user_data", output => output.OptionalBytes(null)),
            ("nonce", output => output.OptionalBytes(null)),
        };
        foreach (var (name, value) in changes)
        {
            var index = members.FindIndex(member => member.Name == name);
            if (index >= 0 && !name.StartsWith('+'))
            {
                members[index] = (name, value);
            }
            else
            {
                members.Add((name.TrimStart('+'), value));
            }
        }

        members.RemoveAll(member => member.Value is null);
        var payload = new CborOutput();
        _ = indefinite ? payload.Raw([0xbf]) : payload.Map(members.Count);
        foreach (var (name, value) in members)
        {
            payload.Text(name);
            value!(payload);
        }

        return CoseSign1.Sign(indefinite ? payload.Raw([0xff]).ToArray() : payload.ToArray(), s_key);
    }

    static NitroFormatException Refused(params (string Name, Action<CborOutput>? Value)[] changes) =>
        Assert.Throws<NitroFormatException>(() => NitroDocument.Parse(Document(indefinite: false, changes)));

    static Action<CborOutput> Bytes(int length) => output => output.Bytes(new byte[length]);

    [Fact]
    public void Reads_back_what_the_writer_wrote()
    {
        var content = s_chain.Content;
        var document = NitroDocument.Parse(s_chain.Document());
        Assert.Equal(content.ModuleId, document.ModuleId);
        Assert.Equal(content.Timestamp, document.Timestamp);
        Assert.Equal("SHA384", document.Digest);
        Assert.Equal(content.Pcrs, document.Pcrs);
        Assert.Equal(content.Certificate.ToArray(), document.Certificate.ToArray());
        Assert.Equal(content.CaBundle.Select(der => der.ToArray()), document.CaBundle.Select(der => der.ToArray()));
        Assert.Equal(content.UserData!.Value.ToArray(), document.UserData!.Value.ToArray());
        Assert.False(document.HasIndefiniteMap);
        Assert.Empty(document.UnknownFields);
        Assert.Equal([0xa1, 0x01, 0x38, 0x22], document.Protected.ToArray());
        Assert.Equal(96, document.Signature.Length);
        Assert.Equal(0x84, s_chain.Document()[0]);
    }

    [Fact]
    public void Reads_absent_and_null_members_alike()
    {
        var absent = NitroDocument.Parse(Document(indefinite: true, ("public_key", null), ("user_data", null), ("nonce", null)));
        Assert.True(absent.HasIndefiniteMap);
        Assert.Null(absent.PublicKey);
        Assert.Null(absent.UserData);
        Assert.Null(absent.Nonce);
        Assert.Null(NitroDocument.Parse(Document(indefinite: false)).Nonce);
    }

    [Fact]
    public void Reads_indefinite_registers_and_bundle_as_aws_sends_them_since_2025()
    {
        var document = NitroDocument.Parse(Document(
            indefinite: true,
            ("pcrs", output => output.Raw([0xbf]).Unsigned(31).Bytes(TestChain.Register(1).Bytes.Span).Raw([0xff])),
            ("cabundle", output => output.Raw([0x9f]).Bytes(new byte[3]).Bytes(new byte[4]).Raw([0xff]))));
        Assert.Equal([31], document.Pcrs.Keys);
        Assert.Equal(2, document.CaBundle.Length);
    }

    [Fact]
    public void Accepts_the_largest_values_aws_allows()
    {
        var document = NitroDocument.Parse(Document(indefinite: false, ("public_key", Bytes(1024)), ("user_data", Bytes(512)), ("nonce", Bytes(512)), ("certificate", Bytes(1024))));
        Assert.Equal(1024, document.PublicKey!.Value.Length);
        Assert.Equal(0, NitroDocument.Parse(Document(indefinite: false, ("user_data", Bytes(0)))).UserData!.Value.Length);
    }

    [Theory]
    [InlineData("public_key", 1025)]
    [InlineData("public_key", 0)]
    [InlineData("user_data", 513)]
    [InlineData("nonce", 513)]
    [InlineData("certificate", 0)]
    [InlineData("certificate", 1025)]
    public void Refuses_a_byte_string_outside_its_limits(string field, int length) => Assert.Equal(field, Refused((field, Bytes(length))).Field);

    [Theory]
    [InlineData("module_id")]
    [InlineData("digest")]
    [InlineData("timestamp")]
    [InlineData("pcrs")]
    [InlineData("certificate")]
    [InlineData("cabundle")]
    public void Refuses_a_missing_repeated_or_null_mandatory_member(string field)
    {
        Assert.Equal(field, Refused((field, null)).Field);
        Assert.Equal(field, Refused((field, output => output.OptionalBytes(null))).Field);
        Assert.Contains("twice", Refused(("+" + field, output => output.Unsigned(1))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("public_key")]
    [InlineData("user_data")]
    [InlineData("nonce")]
    public void Refuses_a_repeated_optional_member(string field) =>
        Assert.Contains("twice", Refused(("+" + field, output => output.OptionalBytes(null))).Message, StringComparison.Ordinal);

    [Fact]
    public void Refuses_wrong_registers()
    {
        var value = TestChain.Register(0).Bytes;
        (string, Action<CborOutput>)[] wrong =
        [
            ("empty", output => output.Map(0)),
            ("above 31", output => output.Map(1).Unsigned(32).Bytes(value.Span)),
            ("negative", output => output.Map(1).Integer(-1).Bytes(value.Span)),
            ("text", output => output.Map(1).Text("0").Bytes(value.Span)),
            ("twice", output => output.Map(2).Unsigned(0).Bytes(value.Span).Unsigned(0).Bytes(value.Span)),
            ("short", output => output.Map(1).Unsigned(0).Bytes(new byte[32])),
            ("long", output => output.Map(1).Unsigned(0).Bytes(new byte[64])),
            ("array", output => output.Array(1).Bytes(value.Span)),
            ("long index", output => output.Map(1).Raw([0x18, 0x00]).Bytes(value.Span)),
        ];
        Assert.All(wrong, change => Assert.Equal("pcrs", Refused(("pcrs", change.Item2)).Field));
    }

    [Fact]
    public void Refuses_wrong_times_digests_and_identifiers()
    {
        Assert.Equal("timestamp", Refused(("timestamp", output => output.Unsigned(0))).Field);
        Assert.Equal("timestamp", Refused(("timestamp", output => output.Unsigned(ulong.MaxValue))).Field);
        Assert.Equal("timestamp", Refused(("timestamp", output => output.Integer(-1))).Field);
        Assert.Equal("digest", Refused(("digest", output => output.Text("SHA256"))).Field);
        Assert.Equal("digest", Refused(("digest", output => output.Text("sha384"))).Field);
        Assert.Equal("module_id", Refused(("module_id", output => output.Text(""))).Field);
        Assert.Equal("module_id", Refused(("module_id", output => output.Text("a\u001b[2Jb"))).Field);
        Assert.Equal("module_id", Refused(("module_id", output => output.Text(new string('a', 257)))).Field);
        Assert.Equal("module_id", Refused(("module_id", output => output.Bytes(new byte[3]))).Field);
    }

    [Fact]
    public void Refuses_an_empty_or_excessive_bundle()
    {
        static Action<CborOutput> Bundle(int count, bool indefinite) => output =>
        {
            _ = indefinite ? output.Raw([0x9f]) : output.Array(count);
            for (var i = 0; i < count; i++)
            {
                output.Bytes(new byte[1]);
            }

            output.Raw(indefinite ? [0xff] : []);
        };
        Assert.Equal("cabundle", Refused(("cabundle", Bundle(0, indefinite: false))).Field);
        Assert.Equal("cabundle", Refused(("cabundle", Bundle(0, indefinite: true))).Field);
        Assert.Equal("cabundle", Refused(("cabundle", Bundle(11, indefinite: false))).Field);
        Assert.Equal("cabundle", Refused(("cabundle", Bundle(11, indefinite: true))).Field);
        Assert.Equal(10, NitroDocument.Parse(Document(indefinite: false, ("cabundle", Bundle(10, indefinite: true)))).CaBundle.Length);
    }

    [Fact]
    public void Tells_a_nitrotpm_document_apart()
    {
        var exception = Refused(("nitrotpm_pcrs", output => output.Map(0)), ("pcrs", null));
        Assert.Equal(NitroCodes.NitroTpm, exception.Code);
        Assert.Equal("nitrotpm_pcrs", exception.Field);
    }

    [Fact]
    public void Ignores_and_reports_members_it_does_not_know()
    {
        var document = NitroDocument.Parse(Document(indefinite: false, ("later", output => output.Map(1).Text("a").Array(2).Unsigned(1).Raw([0xf4])), ("last", output => output.Raw([0x5f, 0x41, 0x01, 0xff]))));
        Assert.Equal(["later", "last"], document.UnknownFields);
        Assert.Contains("twice", Refused(("later", Bytes(1)), ("+later", Bytes(1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bounds_the_nesting_of_members_it_does_not_know()
    {
        Assert.NotNull(NitroDocument.Parse(Document(indefinite: false, ("deep", output => output.Raw([.. Enumerable.Repeat((byte)0x81, 7), 0x00])))));
        Assert.Equal("deep", Refused(("deep", output => output.Raw([.. Enumerable.Repeat((byte)0x81, 8), 0x00]))).Field);
        Assert.Equal("deep", Refused(("deep", output => output.Raw([.. Enumerable.Repeat((byte)0x9f, 4000), .. Enumerable.Repeat((byte)0xff, 4000)]))).Field);
    }

    [Fact]
    public void Accepts_one_encoding_of_the_envelope_only()
    {
        var valid = Document(indefinite: false);
        byte[] unprotectedLabel = [.. valid[..6], 0xa1, 0x18, 0x2a, 0x00, .. valid[7..]];
        (string Field, byte[] Document)[] wrong =
        [
            ("COSE_Sign1", [0xd2, .. valid]),
            ("COSE_Sign1", [0xd8, 0x62, .. valid]),
            ("COSE_Sign1", [.. valid, 0]),
            ("COSE_Sign1", [0x9f, .. valid[1..], 0xff]),
            ("COSE_Sign1", [0x98, 0x04, .. valid[1..]]),
            ("unprotected", unprotectedLabel),
            ("unprotected", [.. valid[..6], 0xbf, 0xff, .. valid[7..]]),
            ("protected", [0x84, 0x40, .. valid[6..]]),
            ("protected", [0x84, 0x43, 0xa1, 0x01, 0x26, .. valid[6..]]),
            ("protected", [0x84, 0x46, 0xa2, 0x01, 0x38, 0x22, 0x03, 0x00, .. valid[6..]]),
            ("payload", [.. valid[..7], 0xf6, .. valid[^98..]]),
            ("payload", [.. valid[..7], 0x40, .. valid[^98..]]),
            ("signature", [.. valid[..^98], 0x58, 0x5f, .. valid[^96..^1]]),
            ("signature", [.. valid[..^98], 0x58, 0x61, .. valid[^96..], 0]),
        ];
        Assert.All(wrong, entry => Assert.Equal(entry.Field, Assert.Throws<NitroFormatException>(() => NitroDocument.Parse(entry.Document)).Field));
        Assert.NotNull(NitroDocument.Parse(valid));
    }

    [Fact]
    public void Refuses_every_truncation()
    {
        var valid = s_chain.Document();
        for (var length = 0; length < valid.Length; length++)
        {
            Assert.False(NitroDocument.TryParse(valid.AsSpan(0, length), out _));
        }
    }

    [Fact]
    public void Refuses_documents_and_payloads_that_are_too_long()
    {
        Assert.Throws<NitroFormatException>(() => NitroDocument.Parse(new byte[NitroDocument.MaxLength + 1]));
        Assert.Equal("payload", Refused(("filler", Bytes(16384))).Field);
    }

    [Fact]
    public void A_declared_length_beyond_the_input_allocates_nothing() =>
        Assert.Equal("payload", Assert.Throws<NitroFormatException>(() => NitroDocument.Parse([0x84, 0x44, 0xa1, 0x01, 0x38, 0x22, 0xa0, 0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])).Field);

    [Fact]
    public void Gives_the_offset_in_the_whole_document()
    {
        var valid = Document(indefinite: false);
        var at = valid.AsSpan().IndexOf("SHA384"u8);
        valid[at] = (byte)'s';
        var exception = Assert.Throws<NitroFormatException>(() => NitroDocument.Parse(valid));
        Assert.Equal("digest", exception.Field);
        Assert.Equal(at + 6, exception.Offset);
    }

    [Fact]
    public void The_writer_refuses_what_the_parser_would()
    {
        Assert.Throws<ArgumentException>(() => s_chain.Document(content => content with { UserData = new byte[513] }));
        Assert.Throws<ArgumentException>(() => s_chain.Document(content => content with { Timestamp = DateTimeOffset.UnixEpoch }));
        Assert.Throws<ArgumentException>(() => s_chain.Document(content => content with { Pcrs = ImmutableSortedDictionary<int, Measurement>.Empty }));
        Assert.Throws<ArgumentException>(() => NitroDocumentWriter.Write(s_chain.Content, TestChain.Key("1.2.840.10045.3.1.7")));
    }
}
