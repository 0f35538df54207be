using System.Security.Cryptography;
using Amnion.Attestation.Cbor;
using Amnion.Attestation.Nitro;

namespace Amnion.Attestation.Tests;

/// <summary>QEMU's documents, which nobody signed: read for what they say, never accepted.</summary>
public sealed class UnsignedNitroDocumentTests
{
    readonly TestChain _chain = new();

    byte[] Document => UnsignedNitroDocument.Write(_chain.Content);

    [Fact]
    public void Reads_back_what_was_written()
    {
        Assert.Equal([0x84, 0x43, 0xa1, 0x01, 0x20, 0xa0], Document[..6]);
        Assert.True(UnsignedNitroDocument.TryParse(Document, out var content));
        Assert.Equal(_chain.Content.ModuleId, content.ModuleId);
        Assert.Equal(_chain.Content.Timestamp, content.Timestamp);
        Assert.Equal(_chain.Content.Pcrs, content.Pcrs);
        Assert.Equal(_chain.Content.UserData!.Value.ToArray(), content.UserData!.Value.ToArray());
        Assert.Equal(_chain.Content.Nonce!.Value.ToArray(), content.Nonce!.Value.ToArray());
        Assert.Equal(new byte[64], content.Certificate.ToArray());
    }

    [Theory]
    [InlineData("local")]
    [InlineData("qemu")]
    [InlineData("nitro")]
    public void No_policy_accepts_one(string platform)
    {
        Assert.False(NitroDocument.TryParse(Document, out _));
        var policy = _chain.Policy with { Platform = platform, TrustAnchor = platform == "nitro" ? NitroRoots.AwsRootG1.KeyDigest : _chain.Policy.TrustAnchor };
        var result = NitroAppraiser.Appraise(Document, policy, TestChain.Context);
        Assert.False(result.Accepted);
        Assert.Equal(AttestationVerdict.Malformed, result.Verdict);
        Assert.Null(result.Claims);
    }

    [Fact]
    public void Its_content_under_the_right_header_and_a_signature_of_zeros_is_refused_too()
    {
        // What a host would have to do to pass one off as signed: keep the bytes, claim ES384.
        _ = UnsignedNitroDocument.TryParse(Document, out var content);
        var payload = NitroDocumentWriter.Encode(content!);
        var forged = new CborOutput().Array(4).Bytes([0xa1, 0x01, 0x38, 0x22]).Map(0).Bytes(payload).Bytes(new byte[96]).ToArray();
        Assert.False(NitroAppraiser.Appraise(forged, _chain.Policy, TestChain.Context).Accepted);
        payload = NitroDocumentWriter.Encode(_chain.Content);
        forged = new CborOutput().Array(4).Bytes([0xa1, 0x01, 0x38, 0x22]).Map(0).Bytes(payload).Bytes(new byte[96]).ToArray();
        Assert.Contains(NitroCodes.Signature, NitroAppraiser.Appraise(forged, _chain.Policy, TestChain.Context).Failures.Select(check => check.Code));
    }

    [Fact]
    public void Takes_no_document_that_anybody_signed()
    {
        Assert.False(UnsignedNitroDocument.TryParse(_chain.Document(), out _));
        var payload = NitroDocumentWriter.Encode(_chain.Content);
        Assert.False(UnsignedNitroDocument.TryParse(new CborOutput().Array(4).Bytes([0xa1, 0x01, 0x20]).Map(0).Bytes(payload).Bytes(new byte[64]).ToArray(), out _));
        var signed = Document;
        signed[^1] = 1;
        Assert.False(UnsignedNitroDocument.TryParse(signed, out _));
    }

    [Fact]
    public void Refuses_every_truncation_and_anything_after_it()
    {
        var document = Document;
        for (var length = 0; length < document.Length; length++)
        {
            Assert.False(UnsignedNitroDocument.TryParse(document.AsSpan(0, length), out _));
        }

        Assert.False(UnsignedNitroDocument.TryParse([.. document, 0], out _));
        Assert.False(UnsignedNitroDocument.TryParse(new byte[NitroDocument.MaxLength + 1], out _));
    }

    [Fact]
    public void What_it_accepts_it_writes_back_the_same() => Fuzz.Run(47, [Document, _chain.Document()], input =>
    {
        if (UnsignedNitroDocument.TryParse(input, out var content) && input.Length == UnsignedNitroDocument.Write(content).Length)
        {
            Assert.Equal(SHA256.HashData(input), SHA256.HashData(UnsignedNitroDocument.Write(content)));
        }
    });
}
