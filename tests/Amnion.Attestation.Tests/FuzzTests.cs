using Amnion.Attestation.Certificates;
using Amnion.Attestation.Nitro;

namespace Amnion.Attestation.Tests;

/// <summary>No input makes a parser do anything but return or throw its own exception, and what is accepted keeps its limits.</summary>
public sealed class FuzzTests
{
    static readonly TestChain s_chain = new();

    [Fact]
    public void Documents() => Fuzz.Run(1, [s_chain.Document()], input =>
    {
        if (!NitroDocument.TryParse(input, out var document))
        {
            return;
        }

        Assert.InRange(document.Pcrs.Count, 1, 32);
        Assert.All(document.Pcrs, pcr => Assert.Equal(48, pcr.Value.Length));
        Assert.InRange(document.CaBundle.Length, 1, NitroDocument.MaxBundleCount);
        Assert.True(document.UserData is null or { Length: <= 512 });

        // Whatever the envelope is, its bytes are determined by its parts.
        var envelope = new Cbor.CborOutput().Array(4).Bytes(document.Protected.Span).Map(0).Bytes(document.Payload.Span).Bytes(document.Signature.Span).ToArray();
        Assert.Equal(input, envelope);
    });

    [Fact]
    public void Messages() => Fuzz.Run(2, [CoseSign1.Sign("payload"u8, TestChain.Key()), Convert.FromHexString("d28445a201260300a20442313118631864424142430a")], input =>
    {
        try
        {
            _ = CoseSign1.Parse(input);
        }
        catch (CoseFormatException exception)
        {
            Assert.InRange(exception.Offset, 0, input.Length);
        }
    });

    [Fact]
    public void Certificates() => Fuzz.Run(3, s_chain.Certificates, input =>
    {
        try
        {
            var certificate = Certificate.Parse(input);
            var key = certificate.Key;
            _ = SignatureAlgorithm.Parse(certificate.SignatureAlgorithm) is { } algorithm && key?.Verify([], certificate.Signature, algorithm) == true;
        }
        catch (CertificateFormatException exception)
        {
            Assert.InRange(exception.Offset, 0, input.Length);
        }
    });

    [Fact]
    public void Revocation_lists() => Fuzz.Run(4, [s_chain.RevocationList(s_chain.Region, [[1], [2, 3]], TestChain.Epoch, TestChain.Epoch.AddDays(1))], input =>
    {
        try
        {
            _ = RevocationList.Parse(input);
        }
        catch (CertificateFormatException)
        {
        }
    });

    [Fact]
    public void Policies() => Fuzz.Run(5, [PolicyTests.Full, PolicyTests.AllPlatforms, s_chain.Policy.ToJson()], input =>
    {
        try
        {
            var policy = AppraisalPolicy.Parse(input);
            Assert.Equal(policy, AppraisalPolicy.Parse(policy.ToJson()));
        }
        catch (PolicyFormatException exception)
        {
            Assert.InRange(exception.Offset, 0, input.Length);
        }
    });

    [Fact]
    public void Requests() => Fuzz.Run(6, [.. NsmCodecTests.Requests.Select(request => request.Encode())], input =>
    {
        try
        {
            var request = NsmRequest.Parse(input);
            Assert.Equal(request.Encode(), NsmRequest.Parse(request.Encode()).Encode());
        }
        catch (NsmFormatException exception)
        {
            Assert.InRange(exception.Offset, 0, input.Length);
        }
    });

    [Fact]
    public void Responses() => Fuzz.Run(7, [.. NsmCodecTests.Responses.Select(response => response.Encode())], input =>
    {
        try
        {
            var response = NsmResponse.Parse(input);
            Assert.Equal(response.Encode(), NsmResponse.Parse(response.Encode()).Encode());
        }
        catch (NsmFormatException exception)
        {
            Assert.InRange(exception.Offset, 0, input.Length);
        }
    });

    [Fact]
    public void Appraisals()
    {
        var context = TestChain.Context with { Cache = new AppraisalCache() };
        var policy = s_chain.Policy;
        var original = s_chain.Document();
        Fuzz.Run(8, [original], input =>
        {
            // The full path is slow; a tenth of the inputs is enough beside the parsers' own tests.
            if (input.Length % 10 == 0)
            {
                Assert.False(NitroAppraiser.Appraise(input, policy, context).Accepted && !input.AsSpan().SequenceEqual(original));
            }
        });
    }
}
