using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Tests;

/// <summary>The rules of every chain but Nitro's, which has tests and codes of its own: one refused chain per rule, each with its code.</summary>
public sealed class CertificatePathTests
{
    static readonly ChainProfile s_ecdsa = new()
    {
        Name = "test chain",
        Keys = [KeyKind.P256, KeyKind.P384],
        Signatures = [new(SignatureScheme.Ecdsa, HashAlgorithmName.SHA256), new(SignatureScheme.Ecdsa, HashAlgorithmName.SHA384)],
    };

    static readonly ChainProfile s_rsa = s_ecdsa with { Keys = [KeyKind.Rsa, KeyKind.P384], MinRsaBits = 3072, Signatures = [new(SignatureScheme.RsaPss, HashAlgorithmName.SHA384)] };

    static readonly ECDsa[] s_keys = [.. Enumerable.Range(0, 4).Select(_ => ECDsa.Create(ECCurve.NamedCurves.nistP384))];
    static readonly RSA s_rsaKey = RSA.Create(3072);
    static readonly RSA s_rsaOther = RSA.Create(3072);

    readonly TestAuthority _root = TestAuthority.Root(s_keys[0]);

    static PathContext Context(TestAuthority root) => new() { Anchors = [root.Anchor], At = TestAuthority.Now };

    static string[] Verify(ChainProfile profile, PathContext context, params TestAuthority[] path)
    {
        var checks = new CheckList();
        CertificatePath.Verify([.. path.Select(authority => authority.Certificate)], profile, context, checks);
        var all = checks.ToImmutable();
        Assert.All(all, check => Assert.StartsWith(profile.Name + ": ", check.Name, StringComparison.Ordinal));
        return [.. all.Where(check => check.Rejects).Select(check => check.Code)];
    }

    string[] Chain(Action<TestCertificate>? authority = null, Action<TestCertificate>? leaf = null, Func<PathContext, PathContext>? change = null)
    {
        var middle = _root.Issue(s_keys[1], "CA", authority);
        var end = middle.Issue(s_keys[2], "Leaf", (Action<TestCertificate>)TestAuthority.Leaf + leaf);
        return Verify(s_ecdsa, change?.Invoke(Context(_root)) ?? Context(_root), _root, middle, end);
    }

    [Fact]
    public void Accepts_ecdsa_and_rsa_chains()
    {
        Assert.Empty(Chain());
        Assert.Empty(Chain(certificate => certificate.PathLength = 0));
        var root = TestAuthority.Root(s_rsaKey);
        var middle = root.Issue(s_rsaOther, "CA");
        Assert.Empty(Verify(s_rsa, Context(root), root, middle, middle.Issue(s_keys[2], "Leaf", TestAuthority.Leaf)));
    }

    [Fact]
    public void Refuses_another_root() => Assert.Equal([PathCodes.TrustAnchor], Chain(change: context => context with { Anchors = [TestAuthority.Root(s_keys[3]).Anchor] }));

    [Fact]
    public void Accepts_any_root_of_several_and_refuses_a_pinned_other_certificate_of_the_same_key()
    {
        var other = TestAuthority.Root(s_keys[3]).Anchor;
        Assert.Empty(Chain(change: context => context with { Anchors = [other, _root.Anchor] }));
        Assert.Equal([PathCodes.TrustAnchor], Chain(change: context => context with { Anchors = [_root.Anchor with { CertificateDigest = other.CertificateDigest }] }));
    }

    [Fact]
    public void Refuses_expired_and_not_yet_valid()
    {
        Assert.Equal([PathCodes.Expired], Chain(certificate => certificate.NotAfter = TestAuthority.Now.AddSeconds(-1)));
        Assert.Equal([PathCodes.Expired], Chain(leaf: certificate => certificate.NotAfter = TestAuthority.Now.AddSeconds(-1)));
        Assert.Equal([PathCodes.NotYetValid], Chain(leaf: certificate => certificate.NotBefore = TestAuthority.Now.AddSeconds(1)));
        Assert.Equal([PathCodes.Expired], Chain(change: context => context with { At = TestAuthority.Now.AddYears(2) }));
        Assert.Equal([PathCodes.NotYetValid], Chain(change: context => context with { At = TestAuthority.Now.AddYears(-2) }));
    }

    [Fact]
    public void Refuses_another_issuer_by_name_and_by_key()
    {
        Assert.Equal([PathCodes.NameChaining], Chain(leaf: certificate => certificate.IssuerName = "Another"));
        var stranger = TestAuthority.Root(s_keys[3], "CA");
        Assert.Equal([PathCodes.CertificateSignature], Chain(leaf: certificate => certificate.SignedBy = stranger));
    }

    [Fact]
    public void Refuses_sha_1()
    {
        var root = TestAuthority.Root(s_rsaKey, padding: RSASignaturePadding.Pkcs1, hash: HashAlgorithmName.SHA256);
        var leaf = root.Issue(s_rsaOther, "Leaf", (Action<TestCertificate>)TestAuthority.Leaf + (certificate => certificate.Hash = HashAlgorithmName.SHA1));
        var profile = s_rsa with { Signatures = [new(SignatureScheme.RsaPkcs1, HashAlgorithmName.SHA256)] };
        Assert.Equal([PathCodes.SignatureAlgorithm, PathCodes.CertificateSignature], Verify(profile, Context(root), root, leaf));
        Assert.Equal([PathCodes.SignatureAlgorithm, PathCodes.CertificateSignature], Chain(leaf: certificate => certificate.Hash = HashAlgorithmName.SHA1));
    }

    [Fact]
    public void Refuses_weak_curves_and_short_moduli()
    {
        using var weak = ECDsa.Create(ECCurve.CreateFromFriendlyName("brainpoolP256r1"));
        Assert.Equal([PathCodes.KeyType], Verify(s_ecdsa, Context(_root), _root, _root.Issue(weak, "Leaf", TestAuthority.Leaf)));
        using var small = RSA.Create(2048);
        var root = TestAuthority.Root(s_rsaKey);
        Assert.Equal([PathCodes.KeyType], Verify(s_rsa, Context(root), root, root.Issue(small, "Leaf", TestAuthority.Leaf)));
        Assert.Empty(Verify(s_rsa with { MinRsaBits = 2048 }, Context(root), root, root.Issue(small, "Leaf", TestAuthority.Leaf)));
    }

    [Fact]
    public void Refuses_to_work_for_certificates_made_to_be_slow()
    {
        // Sixty namesakes that issue each other: the path is found or given up in bounded work.
        var (a, b) = (TestAuthority.Root(s_keys[0], "A"), TestAuthority.Root(s_keys[1], "B"));
        var pool = Enumerable.Range(0, 30).SelectMany(_ => new[] { a.Issue(s_keys[2], "B").Certificate, b.Issue(s_keys[3], "A").Certificate }).ToList();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.Null(CertificatePath.Build(pool[0], pool, TestAuthority.Now));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 5);
        var parameters = s_rsaKey.ExportParameters(false);
        using var slow = RSA.Create(new RSAParameters { Modulus = parameters.Modulus, Exponent = [.. Enumerable.Repeat((byte)0xff, 100)] });
        Assert.Throws<CertificateFormatException>(() => Certificate.Parse(_root.Issue(slow, "Leaf", TestAuthority.Leaf).Der));
    }

    [Fact]
    public void Refuses_an_rsa_key_whose_algorithm_has_other_parameters_than_null()
    {
        // One key would have many encodings, and each another digest: policies pin digests.
        var info = s_rsaKey.ExportSubjectPublicKeyInfo();
        Assert.NotNull(KeyCarrier.Key(info));
        var at = info.AsSpan().IndexOf((byte[])[5, 0]);
        for (var bit = 0; bit < 8; bit++)
        {
            byte[] altered = [.. info];
            altered[at] ^= (byte)(1 << bit);
            Assert.Null(KeyCarrier.Key(altered));
        }

        var key = DerParts.Sequence(writer =>
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.113549.1.1.1");
            }

            writer.WriteBitString(s_rsaKey.ExportRSAPublicKey());
        });
        Assert.Null(KeyCarrier.Key(key));
    }

    [Fact]
    public void Refuses_pkcs_1_where_pss_is_used_and_another_salt()
    {
        var root = TestAuthority.Root(s_rsaKey, padding: RSASignaturePadding.Pkcs1);
        var codes = Verify(s_rsa, Context(root), root, root.Issue(s_rsaOther, "Leaf", TestAuthority.Leaf));
        Assert.Equal([PathCodes.SignatureAlgorithm, PathCodes.RootNotSelfSigned, PathCodes.CertificateSignature], codes);
        var pss = TestAuthority.Root(s_rsaKey).Certificate.SignatureAlgorithm.ToArray();
        Assert.Equal(new SignatureAlgorithm(SignatureScheme.RsaPss, HashAlgorithmName.SHA384), SignatureAlgorithm.Parse(pss));
        for (var i = 0; i < pss.Length; i++)
        {
            byte[] altered = [.. pss];
            altered[i] ^= 1;
            Assert.True(SignatureAlgorithm.Parse(altered) is null, $"byte {i}");
        }
    }

    [Fact]
    public void Refuses_paths_that_are_too_long()
    {
        var first = _root.Issue(s_keys[1], "CA", certificate => certificate.PathLength = 0);
        var second = first.Issue(s_keys[2], "Sub");
        Assert.Equal([PathCodes.PathLength], Verify(s_ecdsa, Context(_root), _root, first, second, second.Issue(s_keys[3], "Leaf", TestAuthority.Leaf)));
        Assert.Empty(Verify(s_ecdsa, Context(_root), _root, first, first.Issue(s_keys[3], "Leaf", TestAuthority.Leaf)));
    }

    [Fact]
    public void Refuses_issuers_that_are_no_cas_and_leaves_that_are()
    {
        Assert.Equal([PathCodes.NotCertificateAuthority], Chain(certificate => certificate.Authority = false));
        Assert.Equal([PathCodes.NotCertificateAuthority], Chain(certificate => certificate.Authority = null));
        Assert.Equal([PathCodes.LeafIsCertificateAuthority], Chain(leaf: certificate => certificate.Authority = true));
    }

    [Fact]
    public void Refuses_keys_used_for_something_else()
    {
        Assert.Equal([PathCodes.KeyCertSign], Chain(certificate => certificate.KeyUsage = X509KeyUsageFlags.CrlSign));
        Assert.Equal([PathCodes.KeyCertSign], Chain(certificate => certificate.KeyUsage = null));
        Assert.Equal([PathCodes.DigitalSignature], Chain(leaf: certificate => certificate.KeyUsage = X509KeyUsageFlags.KeyEncipherment));
        var leaf = _root.Issue(s_keys[1], "Leaf", certificate => (certificate.Authority, certificate.KeyUsage) = (null, null));
        Assert.Equal([PathCodes.DigitalSignature], Verify(s_ecdsa, Context(_root), _root, leaf));
        Assert.Empty(Verify(s_ecdsa with { LeafNeedsDigitalSignature = false }, Context(_root), _root, leaf));
    }

    [Fact]
    public void Refuses_name_constraints_and_critical_extensions_that_are_not_applied()
    {
        Assert.Equal([PathCodes.CriticalExtension], Chain(certificate => certificate.Extra.Add(new X509Extension(Oids.NameConstraints, [0x30, 0x00], critical: false))));
        Assert.Equal([PathCodes.CriticalExtension], Chain(leaf: certificate => certificate.Extra.Add(new X509Extension("1.2.3.4", [0x05, 0x00], critical: true))));
        Assert.Empty(Chain(leaf: certificate => certificate.Extra.Add(new X509Extension("1.2.3.4", [0x05, 0x00], critical: false))));
        var leaf = _root.Issue(s_keys[1], "Leaf", (Action<TestCertificate>)TestAuthority.Leaf + (certificate => certificate.Extra.Add(new X509Extension("1.2.3.4", [0x05, 0x00], critical: true))));
        Assert.Empty(Verify(s_ecdsa with { KnownCriticalExtensions = ["1.2.3.4"] }, Context(_root), _root, leaf));
    }

    [Fact]
    public void Refuses_what_the_relying_party_or_the_issuer_revoked()
    {
        var leaf = _root.Issue(s_keys[1], "Leaf", TestAuthority.Leaf);
        Assert.Equal([PathCodes.Revoked], Verify(s_ecdsa, Context(_root) with { Revoked = [leaf.Certificate.Id] }, _root, leaf));
        byte[] serial = [.. leaf.Certificate.SerialNumber.Span];
        Assert.Equal([PathCodes.RevokedByIssuer], Verify(s_ecdsa, With(_root.RevocationList([serial])), _root, leaf));
        Assert.Empty(Verify(s_ecdsa, With(_root.RevocationList([[1]])), _root, leaf));
    }

    [Fact]
    public void Refuses_revocation_lists_it_cannot_rely_on_and_asks_for_those_it_needs()
    {
        var leaf = _root.Issue(s_keys[1], "Leaf", TestAuthority.Leaf);
        var needs = s_ecdsa with { Lists = RevocationNeed.EveryIssuer };
        Assert.Equal([PathCodes.RevocationListMissing], Verify(needs, Context(_root), _root, leaf));
        Assert.Empty(Verify(needs, With(_root.RevocationList([])), _root, leaf));
        Assert.Equal([PathCodes.RevocationListUnusable], Verify(needs, With(_root.RevocationList([], nextUpdate: TestAuthority.Now.AddSeconds(-1), thisUpdate: TestAuthority.Now.AddDays(-9))), _root, leaf));
        Assert.Equal([PathCodes.RevocationListUnusable], Verify(needs, With(_root.RevocationList([], thisUpdate: TestAuthority.Now.AddSeconds(1))), _root, leaf));
        Assert.Equal([PathCodes.RevocationListUnusable], Verify(needs, With(TestAuthority.Root(s_keys[3]).RevocationList([])), _root, leaf));
        Assert.Equal([PathCodes.RevocationListUnusable, PathCodes.RevocationListMissing], Verify(needs, With([1, 2, 3]), _root, leaf));
        ReadOnlyMemory<byte> usable = _root.RevocationList([]);
        Assert.Empty(Verify(needs, Context(_root) with { RevocationLists = [.. Enumerable.Repeat(usable, Endorsements.MaxCount)] }, _root, leaf));
        Assert.Equal([PathCodes.RevocationListUnusable, PathCodes.RevocationListMissing], Verify(needs, Context(_root) with { RevocationLists = [.. Enumerable.Repeat(usable, Endorsements.MaxCount + 1)] }, _root, leaf));
        var other = TestAuthority.Root(s_keys[3], "Another");
        Assert.Equal([PathCodes.RevocationListMissing], Verify(needs, With(other.RevocationList([])), _root, leaf));
        var middle = _root.Issue(s_keys[2], "CA");
        var end = middle.Issue(s_keys[3], "Leaf", TestAuthority.Leaf);
        Assert.Empty(Verify(s_ecdsa with { Lists = RevocationNeed.Root }, With(_root.RevocationList([])), _root, middle, end));
        Assert.Equal([PathCodes.RevocationListMissing], Verify(needs, With(_root.RevocationList([])), _root, middle, end));
    }

    [Fact]
    public void A_skipped_list_is_excused_only_where_the_policy_says_so()
    {
        var checks = new CheckList([PathCodes.RevocationListMissing]);
        var leaf = _root.Issue(s_keys[1], "Leaf", TestAuthority.Leaf);
        CertificatePath.Verify([_root.Certificate, leaf.Certificate], s_ecdsa with { Lists = RevocationNeed.EveryIssuer }, Context(_root), checks);
        Assert.True(checks.Authentic);
        Assert.Contains(checks.ToImmutable(), check => check is { Code: PathCodes.RevocationListMissing, Outcome: CheckOutcome.Skip, Required: false });
    }

    [Fact]
    public void The_cache_never_answers_for_other_bytes()
    {
        var leaf = _root.Issue(s_keys[1], "Leaf", TestAuthority.Leaf);
        var context = Context(_root) with { Cache = new AppraisalCache() };
        Certificate[] Read(byte[] der) => [Certificate.Parse(_root.Der, context.Cache), Certificate.Parse(der, context.Cache)];
        for (var i = 0; i < 2; i++)
        {
            var good = new CheckList();
            CertificatePath.Verify(Read(leaf.Der), s_ecdsa, context, good);
            Assert.True(good.Authentic);
        }

        var late = new CheckList();
        CertificatePath.Verify(Read(leaf.Der), s_ecdsa, context with { At = TestAuthority.Now.AddYears(2) }, late);
        Assert.Equal([PathCodes.Expired], late.ToImmutable().Where(check => check.Rejects).Select(check => check.Code));
        for (var bit = 0; bit < 64; bit++)
        {
            byte[] altered = [.. leaf.Der];
            altered[^(1 + (bit / 8))] ^= (byte)(1 << (bit % 8));
            var checks = new CheckList();
            CertificatePath.Verify(Read(altered), s_ecdsa, context, checks);
            Assert.Contains(checks.ToImmutable(), check => check.Code == PathCodes.CertificateSignature && check.Rejects);
        }
    }

    [Fact]
    public void Builds_the_path_that_verifies_where_names_repeat()
    {
        var middle = _root.Issue(s_keys[1], "CA");
        var stranger = _root.Issue(s_keys[3], "CA");
        var old = _root.Issue(s_keys[1], "CA", certificate => certificate.NotAfter = TestAuthority.Now.AddDays(-1));
        var leaf = middle.Issue(s_keys[2], "Leaf", TestAuthority.Leaf);
        var pool = new[] { stranger, old, leaf, middle, _root }.Select(authority => authority.Certificate).ToList();
        var path = CertificatePath.Build(leaf.Certificate, pool, TestAuthority.Now)!;
        Assert.Equal(new[] { _root.Der, middle.Der, leaf.Der }, path.Select(certificate => certificate.Der.ToArray()));
        Assert.Null(CertificatePath.Build(leaf.Certificate, pool[..3], TestAuthority.Now));
    }

    [Fact]
    public void Keys_load_from_points_and_from_infos_and_refuse_what_is_no_key()
    {
        foreach (var (kind, curve) in new[] { (KeyKind.P256, ECCurve.NamedCurves.nistP256), (KeyKind.P384, ECCurve.NamedCurves.nistP384), (KeyKind.P521, ECCurve.NamedCurves.nistP521) })
        {
            using var made = ECDsa.Create(curve);
            var point = made.ExportParameters(false).Q;
            byte[] xy = [.. point.X!, .. point.Y!];
            var signature = made.SignData("data"u8, HashAlgorithmName.SHA256);
            var fromPoint = KeyCarrier.PointKey(kind, xy);
            var fromInfo = KeyCarrier.Key(made.ExportSubjectPublicKeyInfo());
            Assert.True(fromPoint!.VerifyFixed("data"u8, signature, HashAlgorithmName.SHA256));
            Assert.True(fromInfo!.VerifyFixed("data"u8, signature, HashAlgorithmName.SHA256));
            Assert.False(fromInfo.VerifyFixed("date"u8, signature, HashAlgorithmName.SHA256));
            Assert.False(fromInfo.VerifyFixed("data"u8, signature.AsSpan(1), HashAlgorithmName.SHA256));
            Assert.Equal(kind, fromInfo.Kind);
            xy[^1] ^= 1;
            Assert.Null(KeyCarrier.PointKey(kind, xy));
            Assert.Null(KeyCarrier.PointKey(kind, xy.AsMemory(1)));
        }

        var rsa = KeyCarrier.Key(s_rsaKey.ExportSubjectPublicKeyInfo());
        Assert.Equal(3072, rsa!.Bits);
        Assert.Null(KeyCarrier.Key(new byte[] { 1, 2, 3 }));
        Assert.Null(KeyCarrier.Key(default));
    }

    PathContext With(byte[] list) => Context(_root) with { RevocationLists = [list] };
}
