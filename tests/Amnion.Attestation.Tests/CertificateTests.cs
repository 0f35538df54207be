using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation.Certificates;
using Amnion.Attestation.Nitro;

namespace Amnion.Attestation.Tests;

/// <summary>Certificates and lists that no builder makes but an attacker may: strictness of the DER reader and of signatures.</summary>
public sealed class CertificateTests
{
    const int Version = 0;
    const int Algorithm = 2;
    const int Issuer = 3;
    const int Validity = 4;
    const int Key = 6;
    const int Extensions = 7;

    static readonly byte[] s_usage = [3, 2, 7, 0x80];
    static readonly byte[] s_noAuthority = [0x30, 0];

    readonly TestChain _chain = new();

    byte[] Leaf(Action<List<byte[]>> change) => DerParts.Resign(_chain.Certificates[3], _chain.Instance.Key, change);

    string[] Failed(byte[] leaf) => NitroVerifier.Verify(NitroDocument.Parse(_chain.Document(content => content with { Certificate = leaf })), _chain.Verification).Failed();

    static string Refused(byte[] der)
    {
        var exception = Assert.Throws<CertificateFormatException>(() => Certificate.Parse(der));
        Assert.Equal(AttestationCodes.CertificateMalformed, exception.Code);
        return exception.Field;
    }

    [Fact]
    public void Reads_what_it_needs()
    {
        var certificate = Certificate.Parse(_chain.Certificates[1]);
        Assert.Equal("CN=region.test.nitro-enclaves", new X500DistinguishedName(certificate.Subject.Span).Name);
        Assert.Equal("CN=test.nitro-enclaves", new X500DistinguishedName(certificate.Issuer.Span).Name);
        Assert.Equal(_chain.Region.NotBefore, certificate.NotBefore);
        Assert.Equal(_chain.Region.NotAfter, certificate.NotAfter);
        Assert.True(certificate.IsCertificateAuthority);
        Assert.Equal(1, certificate.PathLength);
        Assert.Equal(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, certificate.KeyUsage);
        Assert.Equal(Convert.ToHexStringLower(_chain.Region.Serial), certificate.Id.SerialNumber);
        Assert.Equal(_chain.Region.Key.ExportSubjectPublicKeyInfo(), certificate.SubjectPublicKeyInfo.ToArray());
        Assert.Equal(CertificateId.FromCertificate(_chain.Certificates[1]), certificate.Id);
    }

    [Fact]
    public void Accepts_a_leaf_put_together_again() => Assert.Empty(Failed(Leaf(_ => { })));

    [Fact]
    public void Refuses_other_versions()
    {
        Assert.Equal("tbsCertificate.version", Refused(Leaf(items => items[Version] = DerParts.Version(1))));
        Assert.Equal("tbsCertificate.version", Refused(Leaf(items => items[Version] = DerParts.Version(3))));
        Assert.Equal("tbsCertificate.version", Refused(Leaf(items => items.RemoveAt(Version))));
    }

    [Fact]
    public void Refuses_an_extension_twice() => Assert.Equal("tbsCertificate.extensions", Refused(Leaf(items => items[Extensions] =
        DerParts.Extensions(3, ("2.5.29.15", true, s_usage), ("2.5.29.19", true, s_noAuthority), ("2.5.29.15", true, s_usage)))));

    [Fact]
    public void Refuses_too_many_extensions_an_empty_list_and_broken_ones()
    {
        Assert.Equal("tbsCertificate.extensions", Refused(Leaf(items => items[Extensions] = DerParts.Extensions(3, [.. Enumerable.Range(1, 33).Select(i => ($"1.2.{i}", (bool?)null, s_usage))]))));
        Assert.Equal("tbsCertificate.extensions", Refused(Leaf(items => items[Extensions] = DerParts.Extensions(3))));
        Assert.Equal("tbsCertificate.extensions", Refused(Leaf(items => items[Extensions] = DerParts.Extensions(3, ("2.5.29.19", true, [0x30, 0, 0])))));
        Assert.Equal("tbsCertificate.extensions", Refused(Leaf(items => items[Extensions] = DerParts.Extensions(3, ("2.5.29.19", true, [0x30, 3, 2, 1, 0xff])))));
        Assert.Equal("tbsCertificate.extensions", Refused(Leaf(items => items[Extensions] = DerParts.Extensions(3, ("2.5.29.15", true, [3, 1, 0])))));
    }

    [Fact]
    public void Refuses_unique_identifiers_and_anything_else_after_the_extensions()
    {
        Assert.Equal("tbsCertificate.extensions", Refused(Leaf(items => items.Insert(Extensions, [0x81, 2, 0, 1]))));
        Assert.Equal("tbsCertificate", Refused(Leaf(items => items.Add([5, 0]))));
    }

    [Fact]
    public void Refuses_generalized_time_before_2050_and_fractions()
    {
        Assert.Equal("tbsCertificate.validity", Refused(Leaf(items => items[Validity] = DerParts.Validity(TestChain.Epoch, TestChain.Epoch.AddDays(1), generalized: true))));
        var late = new DateTimeOffset(2050, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal([NitroCodes.NotYetValid], Failed(Leaf(items => items[Validity] = DerParts.Validity(late, late.AddDays(1), generalized: true))));
        Assert.Equal("tbsCertificate.validity", Refused(Leaf(items => items[Validity] = DerParts.Sequence(writer =>
        {
            writer.WriteGeneralizedTime(late.AddMilliseconds(1));
            writer.WriteGeneralizedTime(late);
        }))));
    }

    [Fact]
    public void Refuses_trailing_bytes_in_every_place()
    {
        var leaf = _chain.Certificates[3];
        var (tbs, algorithm, signature) = DerParts.Split(leaf);
        Assert.Equal("certificate", Refused([.. leaf, 0]));
        Assert.Equal("certificate", Refused(DerParts.Sequence(writer =>
        {
            writer.WriteEncodedValue(tbs);
            writer.WriteEncodedValue(algorithm);
            writer.WriteBitString(signature);
            writer.WriteNull();
        })));
        Assert.Equal("tbsCertificate.validity", Refused(Leaf(items => items[Validity] = [0x30, (byte)(items[Validity][1] + 2), .. items[Validity][2..], 5, 0])));
        Assert.Equal("tbsCertificate.issuer", Refused(Leaf(items => items[Issuer] = [0x30, 2, 5, 0])));
        Assert.Equal("certificate", Refused([]));
    }

    [Fact]
    public void Rejects_an_algorithm_that_is_named_differently_under_the_signature() =>
        Assert.Equal([NitroCodes.SignatureAlgorithm], Failed(Leaf(items => items[Algorithm] = Convert.FromHexString(DerParts.EcdsaSha256))));

    [Fact]
    public void Rejects_an_algorithm_that_is_named_differently_outside()
    {
        var (tbs, _, signature) = DerParts.Split(_chain.Certificates[3]);
        Assert.Equal([NitroCodes.SignatureAlgorithm], Failed(DerParts.Join(tbs, Convert.FromHexString(DerParts.EcdsaSha256), signature)));
        Assert.Equal([NitroCodes.SignatureAlgorithm], Failed(DerParts.Join(tbs, Convert.FromHexString("300c06082a8648ce3d0403030500"), signature)));
    }

    [Fact]
    public void Rejects_a_key_with_explicit_or_missing_curve_parameters()
    {
        var point = Certificate.Parse(_chain.Certificates[3]).PublicKeyBits.ToArray();
        byte[] KeyInfo(byte[]? parameters) => DerParts.Sequence(writer =>
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.10045.2.1");
                if (parameters is not null)
                {
                    writer.WriteEncodedValue(parameters);
                }
            }

            writer.WriteBitString(point);
        });
        Assert.Equal([NitroCodes.KeyType], Failed(Leaf(items => items[Key] = KeyInfo(null))));
        Assert.Equal([NitroCodes.KeyType], Failed(Leaf(items => items[Key] = KeyInfo([5, 0]))));
        Assert.Equal([NitroCodes.KeyType], Failed(Leaf(items => items[Key] = KeyInfo([0x30, 3, 2, 1, 1]))));
    }

    [Fact]
    public void Rejects_a_path_length_on_a_leaf() => Assert.Equal([NitroCodes.LeafIsCertificateAuthority], Failed(Leaf(items => items[Extensions] =
        DerParts.Extensions(3, ("2.5.29.15", true, s_usage), ("2.5.29.19", true, [0x30, 3, 2, 1, 0])))));

    [Fact]
    public void Rejects_signatures_that_are_not_two_numbers_in_range()
    {
        var (tbs, algorithm, signature) = DerParts.Split(_chain.Certificates[3]);
        var reader = new AsnReader(signature, AsnEncodingRules.DER).ReadSequence();
        var r = reader.ReadInteger();
        var s = reader.ReadInteger();
        var order = new BigInteger(Convert.FromHexString("ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973"), isUnsigned: true, isBigEndian: true);
        byte[][] wrong =
        [
            DerParts.Numbers(r),
            DerParts.Numbers(r, s, 1),
            DerParts.Numbers(-r, s),
            DerParts.Numbers(r - (BigInteger.One << 384), s),
            DerParts.Numbers(r + (BigInteger.One << 384), s),
            DerParts.Numbers(r, s + order),
            DerParts.Numbers(0, 0),
            [.. signature, 0],
            [],
        ];
        Assert.All(wrong, bits => Assert.Equal([NitroCodes.CertificateSignature], Failed(DerParts.Join(tbs, algorithm, bits))));
        Assert.Empty(Failed(DerParts.Join(tbs, algorithm, DerParts.Numbers(r, order - s))));
    }

    [Fact]
    public void A_cached_signature_counts_for_its_issuers_key_only()
    {
        var cache = new AppraisalCache();
        Assert.True(NitroVerifier.Verify(NitroDocument.Parse(_chain.Document()), _chain.Verification with { Cache = cache }).AllPass());

        // The same leaf under an intermediate of the same name and another key: without the key in the cache's entry it would pass.
        var other = new TestChain();
        other.Instance.Key = TestChain.Key();
        var document = other.Document(content => content with
        {
            Certificate = _chain.Certificates[3],
            CaBundle = [_chain.Certificates[0], _chain.Certificates[1], other.Certificates[2]],
        });
        Assert.Equal([NitroCodes.CertificateSignature], NitroVerifier.Verify(NitroDocument.Parse(document), _chain.Verification with { Cache = cache }).Failed());
    }

    public static TheoryData<string> PartialLists => ["list", "entry"];

    [Theory]
    [MemberData(nameof(PartialLists))]
    public void Rejects_a_revocation_list_with_a_critical_extension(string where)
    {
        var complete = _chain.RevocationList(_chain.Region, [[9]], TestChain.Epoch.AddHours(-1), TestChain.Epoch.AddHours(1));
        string[] Check(byte[] list) => NitroVerifier.Verify(NitroDocument.Parse(_chain.Document()), _chain.Verification with { RevocationLists = [list] }).Failed();
        Assert.Empty(Check(DerParts.Resign(complete, _chain.Region.Key, _ => { })));
        var partial = DerParts.Resign(complete, _chain.Region.Key, items =>
        {
            if (where == "list")
            {
                items[^1] = DerParts.Extensions(0, ("2.5.29.28", true, [0x30, 0]));
                return;
            }

            items[^2] = DerParts.Sequence(entries =>
            {
                using (entries.PushSequence())
                {
                    entries.WriteInteger(9);
                    entries.WriteUtcTime(TestChain.Epoch, 2049);
                    entries.WriteEncodedValue(DerParts.Extensions(0, ("2.5.29.29", true, [0x30, 0])).AsSpan(2));
                }
            });
        });
        Assert.Equal([NitroCodes.RevocationListUnusable], Check(partial));
    }

    [Fact]
    public void Rejects_a_revocation_list_without_a_next_update()
    {
        var complete = _chain.RevocationList(_chain.Region, [[9]], TestChain.Epoch.AddHours(-1), TestChain.Epoch.AddHours(1));
        var endless = DerParts.Resign(complete, _chain.Region.Key, items => items.RemoveAt(4));
        Assert.Equal([NitroCodes.RevocationListUnusable], NitroVerifier.Verify(NitroDocument.Parse(_chain.Document()), _chain.Verification with { RevocationLists = [endless] }).Failed());
    }

    [Fact]
    public void Refuses_a_revocation_list_that_is_too_long() =>
        Assert.Throws<CertificateFormatException>(() => RevocationList.Parse(new byte[RevocationList.MaxLength + 1]));
}
