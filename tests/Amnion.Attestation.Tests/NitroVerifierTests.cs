using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation.Nitro;

namespace Amnion.Attestation.Tests;

/// <summary>Every rule of the chain with certificates of our own, each with the exact code.</summary>
public sealed class NitroVerifierTests
{
    readonly TestChain _chain = new();

    AttestationCheck[] Verify(Func<NitroVerification, NitroVerification>? change = null, byte[]? document = null) =>
        [.. NitroVerifier.Verify(NitroDocument.Parse(document ?? _chain.Document()), change?.Invoke(_chain.Verification) ?? _chain.Verification)];

    void Fails(string code, Func<NitroVerification, NitroVerification>? change = null)
    {
        var checks = Verify(change);
        Assert.Equal([code], checks.Failed());
        Assert.Empty(checks.Missed());
    }

    [Fact]
    public void Accepts_a_chain_shaped_as_aws_makes_them()
    {
        var checks = Verify();
        Assert.True(checks.AllPass(), string.Join(", ", checks.Failed()));
        Assert.Equal(CheckOutcome.Skip, checks.Only(NitroCodes.RevokedByIssuer).Outcome);
    }

    [Fact]
    public void Accepts_when_only_the_root_key_is_pinned() =>
        Assert.True(Verify(v => v with { Anchor = new TrustAnchor { KeyDigest = _chain.Anchor.KeyDigest } }).AllPass());

    [Fact]
    public void Rejects_a_document_signed_by_another_key()
    {
        _chain.DocumentKey = TestChain.Key();
        Fails(NitroCodes.Signature);
    }

    [Fact]
    public void Rejects_a_leaf_key_on_another_curve()
    {
        _chain.Leaf.Key = TestChain.Key("1.2.840.10045.3.1.7");
        var checks = Verify();
        Assert.Equal([NitroCodes.KeyType], checks.Failed());
        Assert.Equal([NitroCodes.Signature], checks.Missed());
        Assert.Equal("certificate: 1.2.840.10045.3.1.7", checks.Only(NitroCodes.KeyType).Actual);
    }

    [Fact]
    public void Rejects_an_intermediate_key_on_another_curve()
    {
        _chain.Region.Key = TestChain.Key("1.2.840.10045.3.1.7");
        var checks = Verify();
        Assert.Equal([NitroCodes.KeyType], checks.Failed());
        Assert.Equal([NitroCodes.CertificateSignature], checks.Missed());
    }

    [Fact]
    public void Rejects_a_certificate_signed_with_sha_256()
    {
        _chain.Instance.Hash = HashAlgorithmName.SHA256;
        var checks = Verify();
        Assert.Equal([NitroCodes.SignatureAlgorithm], checks.Failed());
        Assert.Equal([NitroCodes.CertificateSignature], checks.Missed());
        Assert.Equal("cabundle[2]: 1.2.840.10045.4.3.2", checks.Only(NitroCodes.SignatureAlgorithm).Actual);
    }

    [Fact]
    public void Rejects_a_root_signed_with_sha_256()
    {
        _chain.Root.Hash = HashAlgorithmName.SHA256;
        var checks = Verify();
        Assert.Equal([NitroCodes.SignatureAlgorithm], checks.Failed());
        Assert.Equal([NitroCodes.RootNotSelfSigned], checks.Missed());
    }

    [Fact]
    public void Rejects_another_root_with_the_same_name()
    {
        var other = new TestChain();
        other.Root.Key = TestChain.Key();
        Fails(NitroCodes.TrustAnchor, v => v with { Anchor = other.Anchor });
    }

    [Fact]
    public void Rejects_another_certificate_of_the_pinned_root_key()
    {
        var other = new TestChain();
        other.Root.NotAfter = TestChain.Epoch.AddDays(2);
        Fails(NitroCodes.TrustAnchor, v => v with { Anchor = other.Anchor });
    }

    [Fact]
    public void Rejects_a_root_signed_by_another_key()
    {
        _chain.Root.SignedBy = TestChain.Key();
        Fails(NitroCodes.RootNotSelfSigned);
    }

    [Fact]
    public void Rejects_a_root_that_names_another_issuer()
    {
        _chain.Root.IssuerName = "somebody else";
        Fails(NitroCodes.RootNotSelfSigned);
    }

    [Fact]
    public void Rejects_a_wrong_issuer_name()
    {
        _chain.Instance.IssuerName = "somebody else";
        Fails(NitroCodes.NameChaining);
    }

    [Fact]
    public void Rejects_an_intermediate_signed_by_another_key()
    {
        _chain.Region.SignedBy = TestChain.Key();
        Fails(NitroCodes.CertificateSignature);
        Assert.Equal("cabundle[1]: not signed by it", Verify().Only(NitroCodes.CertificateSignature).Actual);
    }

    [Fact]
    public void Rejects_a_bundle_with_the_leaf_first()
    {
        var document = _chain.Document(content => content with { CaBundle = [.. content.CaBundle.Reverse()] });
        var checks = Verify(document: document);
        Assert.Equal([NitroCodes.TrustAnchor, NitroCodes.NameChaining, NitroCodes.RootNotSelfSigned, NitroCodes.CertificateSignature, NitroCodes.PathLength], checks.Failed());
    }

    [Theory]
    [InlineData("root")]
    [InlineData("region")]
    [InlineData("instance")]
    [InlineData("leaf")]
    public void Rejects_an_expired_certificate(string which)
    {
        Spec(which).NotAfter = TestChain.Epoch.AddSeconds(-1);
        Fails(NitroCodes.Expired);
    }

    [Theory]
    [InlineData("root")]
    [InlineData("region")]
    [InlineData("instance")]
    [InlineData("leaf")]
    public void Rejects_a_certificate_that_is_not_yet_valid(string which)
    {
        Spec(which).NotBefore = TestChain.Epoch.AddSeconds(1);
        Fails(NitroCodes.NotYetValid);
    }

    [Fact]
    public void Accepts_the_first_and_the_last_second_of_validity()
    {
        _chain.Leaf.NotBefore = TestChain.Epoch;
        _chain.Leaf.NotAfter = TestChain.Epoch;
        Assert.True(Verify().AllPass());
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(null, true)]
    [InlineData(true, false)]
    public void Rejects_an_intermediate_that_is_no_ca_by_a_critical_extension(bool? authority, bool critical)
    {
        _chain.Region.PathLength = null;
        _chain.Region.Authority = authority;
        _chain.Region.ConstraintsCritical = critical;
        Fails(NitroCodes.NotCertificateAuthority);
    }

    [Fact]
    public void Rejects_a_leaf_that_is_a_ca()
    {
        _chain.Leaf.Authority = true;
        Fails(NitroCodes.LeafIsCertificateAuthority);
    }

    [Fact]
    public void Accepts_a_leaf_without_basic_constraints()
    {
        _chain.Leaf.Authority = null;
        Assert.True(Verify().AllPass());
    }

    [Fact]
    public void Rejects_more_ca_certificates_than_a_path_length_allows()
    {
        _chain.Region.PathLength = 0;
        Fails(NitroCodes.PathLength);
        Assert.Equal("cabundle[1]: allows 0, has 1", Verify().Only(NitroCodes.PathLength).Actual);
    }

    [Fact]
    public void Applies_the_roots_own_path_length()
    {
        _chain.Root.PathLength = 1;
        Fails(NitroCodes.PathLength);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rejects_a_ca_that_may_not_sign_certificates(bool absent)
    {
        _chain.Instance.KeyUsage = absent ? null : X509KeyUsageFlags.CrlSign;
        Fails(NitroCodes.KeyCertSign);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rejects_a_leaf_that_may_not_make_signatures(bool absent)
    {
        _chain.Leaf.KeyUsage = absent ? null : X509KeyUsageFlags.KeyEncipherment;
        Fails(NitroCodes.DigitalSignature);
    }

    [Fact]
    public void Rejects_an_unknown_critical_extension()
    {
        _chain.Instance.Extra.Add(new X509Extension("1.2.3.4", [4, 0], critical: true));
        Fails(NitroCodes.CriticalExtension);
        Assert.Equal("cabundle[2]: 1.2.3.4", Verify().Only(NitroCodes.CriticalExtension).Actual);
    }

    [Fact]
    public void Ignores_an_unknown_extension_that_is_not_critical()
    {
        _chain.Leaf.Extra.Add(new X509Extension("1.2.3.4", [4, 0], critical: false));
        Assert.True(Verify().AllPass());
    }

    [Theory]
    [InlineData("2.5.29.30")]
    [InlineData("2.5.29.36")]
    [InlineData("2.5.29.54")]
    public void Rejects_constraints_it_does_not_apply_even_where_not_critical(string oid)
    {
        _chain.Region.Extra.Add(new X509Extension(oid, [0x30, 0], critical: false));
        Fails(NitroCodes.CriticalExtension);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    public void Rejects_a_certificate_on_the_relying_partys_list(int index) =>
        Fails(NitroCodes.Revoked, v => v with { Revoked = [CertificateId.FromCertificate(_chain.Certificates[index])] });

    [Fact]
    public void Lists_every_failed_check_and_not_the_first()
    {
        _chain.Leaf.NotAfter = TestChain.Epoch.AddSeconds(-1);
        _chain.Region.PathLength = 0;
        _chain.Instance.KeyUsage = X509KeyUsageFlags.CrlSign;
        _chain.DocumentKey = TestChain.Key();
        Assert.Equal([NitroCodes.Signature, NitroCodes.Expired, NitroCodes.PathLength, NitroCodes.KeyCertSign], Verify().Failed());
    }

    [Fact]
    public void Rejects_a_document_dated_in_the_future()
    {
        Fails(NitroCodes.TimestampInFuture, v => v with { At = TestChain.Epoch.AddMinutes(-2) });
        Assert.True(Verify(v => v with { At = TestChain.Epoch.AddMinutes(-1) }).AllPass());
    }

    [Fact]
    public void Rejects_certificates_that_do_not_parse_and_still_lists_the_rest()
    {
        var document = _chain.Document(content => content with { Certificate = content.Certificate.ToArray().Append((byte)0).ToArray() });
        var checks = Verify(document: document);
        Assert.Equal([NitroCodes.CertificateMalformed], checks.Failed());
        Assert.StartsWith("certificate: ", checks.Only(NitroCodes.CertificateMalformed).Actual, StringComparison.Ordinal);
    }

    [Fact]
    public void Rejects_a_signature_that_is_not_strict_der()
    {
        // The same numbers with a superfluous leading zero: BER, which OpenSSL would take.
        var leaf = _chain.Certificates[3];
        var reader = new AsnReader(leaf, AsnEncodingRules.DER).ReadSequence();
        var tbs = reader.ReadEncodedValue();
        var algorithm = reader.ReadEncodedValue();
        var signature = new AsnReader(reader.ReadBitString(out _), AsnEncodingRules.DER).ReadSequence();
        var r = signature.ReadIntegerBytes().ToArray();
        var s = signature.ReadIntegerBytes().ToArray();
        byte[] inner = [0x30, (byte)(r.Length + s.Length + 5), 0x02, (byte)(r.Length + 1), 0, .. r, 0x02, (byte)s.Length, .. s];
        byte[] bits = [0x03, (byte)(inner.Length + 1), 0, .. inner];
        byte[] body = [.. tbs.Span, .. algorithm.Span, .. bits];
        byte[] certificate = [0x30, 0x82, (byte)(body.Length >> 8), (byte)body.Length, .. body];
        var checks = Verify(document: _chain.Document(content => content with { Certificate = certificate }));
        Assert.Equal([NitroCodes.CertificateSignature], checks.Failed());
    }

    [Fact]
    public void Refuses_a_key_that_is_no_point_of_the_curve()
    {
        byte[] leaf = [.. _chain.Certificates[3]];
        var point = leaf.AsSpan().IndexOf(new byte[] { 0x03, 0x62, 0x00, 0x04 }) + 4;
        leaf[point + 95] ^= 1;
        var checks = Verify(document: _chain.Document(content => content with { Certificate = leaf }));
        Assert.Equal([NitroCodes.CertificateSignature], checks.Failed());
        Assert.Equal([NitroCodes.Signature], checks.Missed());
    }

    [Fact]
    public void A_cached_chain_gives_the_same_answers()
    {
        var cache = new AppraisalCache();
        Assert.True(Verify(v => v with { Cache = cache }).AllPass());
        Assert.Equal(4, cache.Count);
        Assert.True(Verify(v => v with { Cache = cache }).AllPass());
        Fails(NitroCodes.Expired, v => v with { Cache = cache, At = _chain.Root.NotAfter.AddSeconds(1) });
        Fails(NitroCodes.Revoked, v => v with { Cache = cache, Revoked = [CertificateId.FromCertificate(_chain.Certificates[1])] });
        Assert.Equal(4, cache.Count);
    }

    [Fact]
    public void A_cache_never_remembers_a_signature_that_failed()
    {
        var cache = new AppraisalCache();
        _chain.Region.SignedBy = TestChain.Key();
        Fails(NitroCodes.CertificateSignature, v => v with { Cache = cache });
        Fails(NitroCodes.CertificateSignature, v => v with { Cache = cache });
    }

    CertificateSpec Spec(string which) => which switch
    {
        "root" => _chain.Root,
        "region" => _chain.Region,
        "instance" => _chain.Instance,
        _ => _chain.Leaf,
    };
}
