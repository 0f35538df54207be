using System.Text;
using Amnion.Attestation.Tpm;

namespace Amnion.Attestation.Tests.Tpm;

/// <summary>The containers that quotes come in.</summary>
public sealed class TpmEvidenceTests
{
    readonly TestTpm _tpm = new();

    static byte[] Field(int number, byte[] value) => [(byte)((number << 3) | 2), .. Varint(value.Length), .. value];

    static byte[] Varint(int value) => value < 128 ? [(byte)value] : [(byte)(value | 128), .. Varint(value >> 7)];

    byte[] Proto(byte[]? log = null)
    {
        var message = _tpm.Message;
        var pcrs = (byte[])[0x08, 0x0b, .. Enumerable.Range(0, 24).SelectMany(index => Field(2, [.. index == 0 ? (byte[])[] : [0x08, (byte)index], .. Field(2, TestTpm.Register(TestTpm.Sha256, index))]))];
        return [.. Field(1, _tpm.PublicArea), .. Field(2, [.. Field(1, message), .. Field(2, _tpm.Sign(message)), .. Field(3, pcrs)]), .. log is null ? (byte[])[] : Field(3, log)];
    }

    byte[] Serialized((int Algorithm, int[] Registers)[] banks)
    {
        var file = new List<byte>();
        file.AddRange(BitConverter.GetBytes(banks.Length));
        for (var i = 0; i < 16; i++)
        {
            var entry = new byte[8];
            if (i < banks.Length)
            {
                BitConverter.GetBytes((ushort)banks[i].Algorithm).CopyTo(entry, 0);
                entry[2] = 3;
                foreach (var index in banks[i].Registers)
                {
                    entry[3 + (index / 8)] |= (byte)(1 << (index % 8));
                }
            }

            file.AddRange(entry);
        }

        var values = banks.SelectMany(bank => bank.Registers.Select(index => TestTpm.Register(bank.Algorithm, index))).Chunk(8).ToArray();
        file.AddRange(BitConverter.GetBytes(values.Length));
        foreach (var record in values)
        {
            file.AddRange(BitConverter.GetBytes(record.Length));
            for (var i = 0; i < 8; i++)
            {
                var value = i < record.Length ? record[i] : [];
                file.AddRange(BitConverter.GetBytes((ushort)value.Length));
                file.AddRange(value.Concat(new byte[64 - value.Length]));
            }
        }

        return [.. file];
    }

    [Fact]
    public void Reads_its_own_container()
    {
        var evidence = TpmEvidence.Parse(_tpm.Json([1, 2, 3]));
        Assert.True(TpmVerifier.Verify(evidence, _tpm.Verification).AllPass());
        Assert.Equal([1, 2, 3], evidence.EventLog!.Value.ToArray());
        Assert.Null(TpmEvidence.Parse(_tpm.Json()).EventLog);
        Assert.Equal(_tpm.KeyInfo, evidence.AttestationKeyInfo!.Value.ToArray());
    }

    [Fact]
    public void Reads_the_attestation_message_of_go_tpm_tools()
    {
        var evidence = TpmEvidence.Parse(Proto([9]));
        Assert.True(TpmVerifier.Verify(evidence, _tpm.Verification).AllPass());
        Assert.Equal([9], evidence.EventLog!.Value.ToArray());
        Assert.Null(TpmEvidence.Parse(Proto()).EventLog);
    }

    [Fact]
    public void Reads_the_platform_attestation_of_go_attestation()
    {
        var message = _tpm.Message;
        var pcrs = string.Join(',', Enumerable.Range(0, 24).Select(index => $"{{\"Index\":{index},\"Digest\":\"{Convert.ToBase64String(TestTpm.Register(TestTpm.Sha256, index))}\",\"DigestAlg\":5}}"));
        var json = "{\"Static\":{\"TPMVersion\":2,\"EKPem\":null},\"AK\":{\"Public\":\"" + Convert.ToBase64String(_tpm.PublicArea) + "\"},\"Quote\":{\"Quote\":\"" + Convert.ToBase64String(message) + "\",\"Signature\":\"" + Convert.ToBase64String(_tpm.Sign(message)) + "\"},\"Log\":{\"PCRs\":[" + pcrs + "],\"Raw\":\"CQ==\"}}";
        var evidence = TpmEvidence.Parse(Encoding.UTF8.GetBytes(json));
        Assert.True(TpmVerifier.Verify(evidence, _tpm.Verification).AllPass());
        Assert.Equal([9], evidence.EventLog!.Value.ToArray());
    }

    [Fact]
    public void Reads_both_register_files_of_tpm2_tools()
    {
        var message = _tpm.Message;
        var values = (byte[])[.. Enumerable.Range(0, 24).SelectMany(index => TestTpm.Register(TestTpm.Sha256, index))];
        foreach (var file in new[] { values, Serialized(_tpm.Selections) })
        {
            var evidence = TpmEvidence.FromFiles(message, _tpm.Sign(message), file, _tpm.PublicArea);
            Assert.True(TpmVerifier.Verify(evidence, _tpm.Verification).AllPass());
        }

        var two = new TestTpm { Selections = [(TestTpm.Sha256, [0, 7]), (TestTpm.Sha384, [3])] };
        var both = TpmEvidence.FromFiles(two.Message, two.Sign(two.Message), Serialized(two.Selections), two.KeyInfo);
        Assert.True(TpmVerifier.Verify(both, two.Verification).AllPass());
        Assert.Equal(2, both.Quotes[0].Values.Length);
    }

    [Fact]
    public void Refuses_register_files_with_too_few_or_too_many_values()
    {
        var message = _tpm.Message;
        var signature = _tpm.Sign(message);
        var file = Serialized(_tpm.Selections);
        Assert.Throws<TpmFormatException>(() => TpmEvidence.FromFiles(message, signature, new byte[23 * 32]));
        Assert.Throws<TpmFormatException>(() => TpmEvidence.FromFiles(message, signature, new byte[25 * 32]));
        Assert.Throws<TpmFormatException>(() => TpmEvidence.FromFiles(message, signature, [.. file, 0]));
        Assert.Throws<TpmFormatException>(() => TpmEvidence.FromFiles(message, signature, Serialized([(TestTpm.Sha256, [0, 1]), (TestTpm.Sha256, [2])])));
    }

    [Theory]
    [InlineData("{\"format\":\"amnion/tpm-evidence/1\"", "{\"format\":\"amnion/tpm-evidence/2\"")]
    [InlineData("\"ak_public\"", "\"ak_publics\"")]
    [InlineData("\"pcrs\":{\"sha256\"", "\"pcrs\":{\"sha257\"")]
    [InlineData("\"quotes\":[", "\"quotes\":[],\"quotes\":[")]
    [InlineData("{\"0\":", "{\"00\":")]
    [InlineData("{\"0\":", "{\"32\":")]
    [InlineData("{\"0\":\"", "{\"0\":\"00")]
    [InlineData("\"message\":\"", "\"message\":\" ")]
    [InlineData("\"message\"", "\"\\ud800\"")]
    public void Refuses_containers_that_are_not_exactly_of_the_format(string replace, string with)
    {
        var json = Encoding.UTF8.GetString(_tpm.Json());
        Assert.Contains(replace, json, StringComparison.Ordinal);
        Assert.Throws<TpmFormatException>(() => TpmEvidence.Parse(Encoding.UTF8.GetBytes(json.Replace(replace, with, StringComparison.Ordinal))));
    }

    [Fact]
    public void Refuses_an_rsa_key_without_a_modulus()
    {
        // RSA, SHA-256, no attributes, policy, symmetric scheme or scheme; keyBits 0, exponent 0, unique of no bytes.
        var area = Convert.FromHexString("0001000b0000000000000010001000000000000000" + "00");
        Assert.Throws<TpmFormatException>(() => TpmPublic.Parse(area));
        var json = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(_tpm.Json()).Replace(Convert.ToBase64String(_tpm.PublicArea), Convert.ToBase64String(area), StringComparison.Ordinal));
        Assert.Contains("unique", Assert.Throws<TpmFormatException>(() => TpmEvidence.Parse(json)).Message, StringComparison.Ordinal);
        Assert.False(TpmEvidence.TryParse(json, out _));
        Assert.ThrowsAny<EvidenceFormatException>(() => EvidenceReader.Read(json));
        var policy = new AppraisalPolicy { Platform = AttestationPlatform.Tpm, TrustAnchor = _tpm.KeyDigest };
        var result = EvidenceAppraiser.Appraise(AttestationPlatform.Tpm, json, policy, new AppraisalContext { Now = TestAuthority.Now });
        Assert.Equal(AttestationVerdict.Malformed, result.Verdict);
        Assert.Equal([TpmCodes.Malformed], result.Failures.Select(check => check.Code));
    }

    [Fact]
    public void Refuses_protocol_buffers_that_are_cut_or_say_something_twice()
    {
        var proto = Proto();
        for (var length = 0; length < proto.Length; length += 7)
        {
            Assert.Throws<TpmFormatException>(() => TpmEvidence.Parse(proto.AsSpan(0, length)));
        }

        Assert.Throws<TpmFormatException>(() => TpmEvidence.Parse([.. proto, .. Field(1, _tpm.PublicArea)]));
        Assert.Throws<TpmFormatException>(() => TpmEvidence.Parse([.. proto, 0x0f]));
        Assert.Throws<TpmFormatException>(() => TpmEvidence.Parse(Field(3, [1])));

        // A length in two bytes where one is enough.
        Assert.Throws<TpmFormatException>(() => TpmEvidence.Parse([0x1a, 0x81, 0x00, 9, .. proto]));
    }
}
