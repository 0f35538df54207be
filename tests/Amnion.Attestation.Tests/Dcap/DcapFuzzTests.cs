using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation.Dcap;
using Amnion.Attestation.Dcap.Collateral;
using Amnion.Attestation.Dcap.Pck;
using Amnion.Attestation.Dcap.RaTls;

namespace Amnion.Attestation.Tests.Dcap;

/// <summary>No input makes a parser of this format do anything but return or throw its own exception.</summary>
public sealed class DcapFuzzTests
{
    static readonly DcapTestPki s_pki = new();

    [Fact]
    public void Quotes() => Fuzz.Run(101, [s_pki.SgxQuote(), s_pki.TdxQuote(), s_pki.TdxQuote(5), s_pki.SgxQuote(certificationType: 1)], input =>
    {
        try
        {
            var quote = DcapQuote.Parse(input);
            Assert.Equal(input.Length, quote.TotalLength);
            Assert.Equal(input.Length, quote.Signed.Length + 4 + quote.SignatureDataLength + quote.TrailingLength);
            Assert.NotEmpty(quote.Fields);
            _ = PcsUrls.TcbInfo(quote) + PcsUrls.PckRevocationList(quote);
        }
        catch (DcapFormatException exception)
        {
            Assert.InRange(exception.Offset, 0, input.Length);
        }
    });

    [Fact]
    public void Tcb_infos() => Fuzz.Run(102, [s_pki.TcbInfo(true), s_pki.TcbInfo(false)], input => Parses(input, json => TcbInfo.Parse(json)));

    [Fact]
    public void Identities() => Fuzz.Run(103, [s_pki.QeIdentity(true)], input => Parses(input, json => EnclaveIdentity.Parse(json)));

    [Fact]
    public void Chains() => Fuzz.Run(104, [DcapQuote.Parse(s_pki.SgxQuote()).CertificationData.ToArray()], input => Parses(input, pem => PemCertificates.Read(pem)));

    [Fact]
    public void Certificates()
    {
        using var key = DcapTestPki.Key();
        var request = new CertificateRequest("CN=ra-tls", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509Extension("1.2.840.113741.1337.6", s_pki.SgxQuote(), critical: false));
        using var made = request.CreateSelfSigned(DcapTestPki.Now, DcapTestPki.Now.AddDays(1));
        Fuzz.Run(105, [made.Export(X509ContentType.Cert)], input => Parses(input, der => RaTlsCertificate.Parse(der.Span)));
    }

    [Fact]
    public void Appraisals()
    {
        byte[] bound = [.. Enumerable.Repeat((byte)7, 64)];
        var seed = s_pki.TdxQuote(reportData: bound);
        var policy = new AppraisalPolicy
        {
            Platform = AttestationPlatform.Tdx,
            TrustAnchor = s_pki.Anchor.KeyDigest,
            Values = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.WithComparers(StringComparer.Ordinal)
                .Add("td.mrtd", [string.Concat(Enumerable.Repeat("11", 48))]).Add("td.rtmr1", [string.Concat(Enumerable.Repeat("a1", 48))]).Add("td.rtmr2", [string.Concat(Enumerable.Repeat("a2", 48))]),
        };
        var context = new AppraisalContext { Now = DcapTestPki.Now, ExpectedUserData = bound, Endorsements = s_pki.EndorsementsFor(true), Cache = new AppraisalCache() };
        Assert.True(DcapAppraiser.Appraise(seed, policy, context).Accepted);
        var signed = DcapQuote.Parse(seed).Signed.Length;
        var count = 0;
        Fuzz.Run(106, [seed], input =>
        {
            // The full path is slow; a tenth of the inputs is enough beside the parsers' own tests. What is accepted still says what the seed says.
            if (count++ % 10 == 0 && DcapAppraiser.Appraise(input, policy, context).Accepted)
            {
                Assert.Equal(seed.AsSpan(0, signed), input.AsSpan(0, signed));
            }
        });
    }

    static void Parses(byte[] input, Action<ReadOnlyMemory<byte>> parse)
    {
        try
        {
            parse(input);
        }
        catch (DcapFormatException exception)
        {
            Assert.InRange(exception.Offset, 0, input.Length);
        }
    }
}
