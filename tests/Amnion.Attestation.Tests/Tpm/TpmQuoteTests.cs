using System.Security.Cryptography;
using Amnion.Attestation.Tpm;

namespace Amnion.Attestation.Tests.Tpm;

/// <summary>What is read of TPMS_ATTEST, TPMT_SIGNATURE and TPMT_PUBLIC, and what is refused.</summary>
public sealed class TpmQuoteTests
{
    readonly TestTpm _tpm = new();

    static string? Value(TpmQuote quote, string name) => quote.Fields.Single(field => field.Name == name).Value;

    [Fact]
    public void Reads_every_field_of_a_quote()
    {
        var quote = TpmQuote.Parse(_tpm.Message);
        Assert.Equal(TestTpm.Nonce, quote.ExtraData.ToArray());
        Assert.Equal(123456ul, quote.Clock);
        Assert.Equal(7u, quote.ResetCount);
        Assert.Equal(2u, quote.RestartCount);
        Assert.True(quote.IsSafe);
        Assert.Equal("2016051100162800", Value(quote, "firmware"));
        Assert.Equal("0xb", Value(quote, "pcr_select.0.alg"));
        Assert.Equal(string.Join(',', Enumerable.Range(0, 24)), Value(quote, "pcr_select.0.pcrs"));
        Assert.Equal(Convert.ToHexStringLower(_tpm.Digest()), Value(quote, "pcr_digest"));
        Assert.All(quote.Fields, field => Assert.NotEmpty(field.Meaning));
    }

    [Fact]
    public void Refuses_every_truncation_and_anything_behind()
    {
        var message = _tpm.Message;
        for (var length = 0; length < message.Length; length++)
        {
            Assert.False(TpmQuote.TryParse(message.AsSpan(0, length), out _), $"{length} bytes");
        }

        var trailing = Assert.Throws<TpmFormatException>(() => TpmQuote.Parse([.. message, 0]));
        Assert.Equal("TPMS_ATTEST", trailing.Field);
        Assert.Equal(message.Length, trailing.Offset);
    }

    [Fact]
    public void Tells_what_no_tpm_made_and_what_is_no_quote_from_what_is_malformed()
    {
        Assert.Equal(TpmCodes.NotAQuote, Assert.Throws<TpmFormatException>(() => TpmQuote.Parse(_tpm.Attest(_tpm.Digest(), magic: 0xff544346))).Code);
        Assert.Equal(TpmCodes.NotAQuote, Assert.Throws<TpmFormatException>(() => TpmQuote.Parse(_tpm.Attest(_tpm.Digest(), type: 0x8017))).Code);
        Assert.Equal(TpmCodes.Malformed, Assert.Throws<TpmFormatException>(() => TpmQuote.Parse(new TestTpm { Safe = 2 }.Message)).Code);
    }

    [Fact]
    public void Refuses_a_bank_named_twice_and_more_banks_than_exist()
    {
        Assert.False(TpmQuote.TryParse(new TestTpm { Selections = [(TestTpm.Sha256, [0]), (TestTpm.Sha256, [1])] }.Message, out _));
        var many = Enumerable.Range(0, 17).Select(i => (0x100 + i, (int[])[])).ToArray();
        Assert.False(TpmQuote.TryParse(new TestTpm { Selections = many }.Attest(new byte[32]), out _));
    }

    [Fact]
    public void Refuses_qualifying_data_longer_than_a_tpm_takes()
    {
        Assert.True(TpmQuote.TryParse(new TestTpm { ExtraData = new byte[66] }.Message, out _));
        var refused = Assert.Throws<TpmFormatException>(() => TpmQuote.Parse(new TestTpm { ExtraData = new byte[67] }.Message));
        Assert.Equal("TPMS_ATTEST.extraData", refused.Field);
    }

    [Theory]
    [InlineData("0014000b")]
    [InlineData("0014000b0201")]
    [InlineData("001a000b000100")]
    [InlineData("00140099000100")]
    [InlineData("0014000b00010000")]
    [InlineData("0018000b000101")]
    public void Refuses_signatures_that_are_cut_or_of_another_scheme(string hex) => Assert.Throws<TpmFormatException>(() => TpmSignature.Parse(Convert.FromHexString(hex)));

    [Fact]
    public void Gives_a_public_areas_key_as_x509_encodes_it()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        foreach (var tpm in new[] { _tpm, TestTpm.Rsa(), new TestTpm { Key = p384 } })
        {
            var area = TpmPublic.Parse(tpm.PublicArea);
            Assert.Equal(tpm.KeyInfo, area.SubjectPublicKeyInfo.ToArray());
            Assert.Equal([0, 0x0b, .. SHA256.HashData(tpm.PublicArea)], area.Name.ToArray());
            Assert.Equal(area.Name.ToArray(), TpmPublic.Parse(TestTpm.Sized(tpm.PublicArea)).Name.ToArray());
        }
    }

    [Fact]
    public void Refuses_every_truncation_of_a_public_area_and_anything_behind()
    {
        var area = TestTpm.Rsa().PublicArea;
        for (var length = 0; length < area.Length; length++)
        {
            Assert.Throws<TpmFormatException>(() => TpmPublic.Parse(area.AsSpan(0, length)));
        }

        Assert.Throws<TpmFormatException>(() => TpmPublic.Parse([.. area, 0]));
    }
}
