using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Amnion.Attestation;
using Amnion.Images.Eif;
using Amnion.Images.Signing;
using Amnion.Records;

namespace Amnion.Images.Tests;

public sealed class SigningTests
{
    static readonly DateTimeOffset s_now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> Curves => ["nistP256", "nistP384", "nistP521"];

    [Theory]
    [MemberData(nameof(Curves))]
    public void A_signed_image_verifies(string curve)
    {
        var (certificate, key) = Keys(curve);
        var signed = Sign(Images.Small(), certificate, key);
        var image = Images.Read(signed);
        var measured = image.Measure();
        Assert.True(measured.ChecksumMatches);
        var checks = Verify(image, s_now);
        Assert.All(checks, check => Assert.Equal(CheckOutcome.Pass, check.Outcome));
        Assert.Equal([ImageCodes.Checksum, ImageCodes.Signed, ImageCodes.SignedRegister, ImageCodes.Signature, ImageCodes.CertificateTime], checks.Select(check => check.Code));
        var before = Images.Read(Images.Small()).Measure().Registers;
        Assert.Equal(before.ByNumber, measured.Registers.ByNumber.Remove(8));
        Assert.Equal(ImageRegisters.OfContent(EifSignature.ReadCertificate(certificate)), measured.Registers.Certificate);
    }

    [Fact]
    public void Signing_again_updates_both_sizes()
    {
        var (certificate, key) = Keys("nistP384");
        var (other, otherKey) = Keys("nistP256", "CN=a rather longer name that makes the section longer");
        var once = Sign(Images.Small(), certificate, key);
        var twice = Sign(once, other, otherKey);
        Assert.NotEqual(once.Length, twice.Length);
        var image = Images.Read(twice);
        Assert.Equal(6, image.Sections.Length);
        Assert.Equal((ulong)image.Sections[5].Content.Length, BinaryPrimitives.ReadUInt64BigEndian(twice.AsSpan(0x11c + (8 * 5))));
        Assert.All(Verify(image, s_now), check => Assert.Equal(CheckOutcome.Pass, check.Outcome));
    }

    [Fact]
    public void The_section_is_what_serde_cbor_writes()
    {
        var (certificate, key) = Keys("nistP384");
        var section = Images.Read(Sign(Images.Small(), certificate, key)).Sections[5].Content.ToArray(40000);
        Assert.Equal([0x81, 0xa2, 0x73, .. "signing_certificate"u8, 0x99], section[..(3 + 19 + 1)]);
        // '-' is 0x2d: above 23, so with a head of its own.
        Assert.Equal([0x18, 0x2d], section[25..27]);
        var signature = Images.Read(Sign(Images.Small(), certificate, key)).ReadSignature()!;
        Assert.Equal([0xa1, 0x01, 0x38, 0x22], signature.Message.Protected.ToArray());
        Assert.Equal([0xa2, 0x6e, .. "register_index"u8, 0x00, 0x6e, .. "register_value"u8, 0x98, 0x30], signature.Message.Payload.ToArray()[..34]);
        Assert.Equal(96, signature.Message.Signature.Length);
    }

    [Fact]
    public void Altering_any_byte_of_a_signed_image_is_found()
    {
        var (certificate, key) = Keys("nistP384");
        var signed = Sign(Images.Small(), certificate, key);
        var start = (int)Images.Read(signed).Sections[5].Offset + 12;
        var good = Images.Read(signed).Measure().Registers.Certificate;
        for (var at = start; at < signed.Length; at++)
        {
            var altered = signed.ToArray();
            altered[at] ^= 1;
            try
            {
                var image = Images.Read(altered);
                // Text around the base64 of a certificate may change without changing it; the checksum then differs.
                Assert.Contains(Verify(image, s_now), check => check.Rejects);
            }
            catch (ImageFormatException exception)
            {
                Assert.Equal(ImageCodes.SignatureMalformed, exception.Code);
            }
        }

        Assert.NotNull(good);
    }

    [Fact]
    public void A_signature_of_another_image_is_refused()
    {
        var (certificate, key) = Keys("nistP384");
        var signature = Images.Read(Sign(Images.Small(), certificate, key)).Sections[5];
        var parts = Images.Default();
        parts[0] = Images.Part(EifSectionType.Kernel, "another kernel"u8);
        parts.Add(EifPart.Of(EifSectionType.Signature, signature.Content));
        var checks = Verify(Images.Read(Images.Build(parts)), s_now);
        Assert.Equal([ImageCodes.SignedRegister], checks.Where(check => check.Rejects).Select(check => check.Code));
    }

    [Fact]
    public void A_certificate_counts_only_while_it_is_valid()
    {
        var (certificate, key) = Keys("nistP384");
        var image = Images.Read(Sign(Images.Small(), certificate, key));
        Assert.Equal([ImageCodes.CertificateTime], Verify(image, s_now.AddYears(-3)).Where(check => check.Rejects).Select(check => check.Code));
        Assert.Equal([ImageCodes.CertificateTime], Verify(image, s_now.AddYears(20)).Where(check => check.Rejects).Select(check => check.Code));
    }

    [Fact]
    public void An_unsigned_image_is_refused_unless_that_is_allowed()
    {
        var image = Images.Read(Images.Small());
        Assert.Contains(Verify(image, s_now), check => check.Rejects && check.Code == ImageCodes.Signed);
        Assert.DoesNotContain(ImageVerifier.Verify(image, image.Measure(), s_now, new Dictionary<int, ImmutableArray<Digest>>(), requireSignature: false), check => check.Rejects);
    }

    [Fact]
    public void Expected_registers_are_compared()
    {
        var image = Images.Read(Images.Small());
        var measured = image.Measure();
        var expected = new Dictionary<int, ImmutableArray<Digest>> { [0] = [measured.Registers.Image], [2] = [measured.Registers.Image], [8] = [Digest.FromBytes(new byte[48])], [4] = [measured.Registers.Image] };
        var checks = ImageVerifier.Verify(image, measured, s_now, expected, requireSignature: false).Where(check => check.Code == ImageCodes.Register).ToList();
        Assert.Equal([CheckOutcome.Pass, CheckOutcome.Fail, CheckOutcome.Skip, CheckOutcome.Pass], checks.Select(check => check.Outcome));
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused()
    {
        var (certificate, _) = Keys("nistP384");
        var (_, key) = Keys("nistP384");
        Assert.Equal(ImageCodes.SigningKeyUnfit, Assert.Throws<ImageException>(() => EifSigner.FromPem(certificate, key)).Code);
        Assert.Equal(ImageCodes.SigningKeyUnfit, Assert.Throws<ImageException>(() => EifSigner.FromPem(certificate, "no key")).Code);
        Assert.Equal(ImageCodes.SigningKeyUnfit, Assert.Throws<ImageException>(() => EifSigner.FromPem("no certificate"u8, key)).Code);
    }

    [Fact]
    public void A_damaged_image_is_not_signed()
    {
        var (certificate, key) = Keys("nistP384");
        var bytes = Images.Small();
        bytes[^1] ^= 1;
        Assert.Throws<EifFormatException>(() => Sign(bytes, certificate, key));
    }

    [Fact]
    public void No_mutation_crashes_the_reader()
    {
        var (certificate, key) = Keys("nistP256");
        var section = Images.Read(Sign(Images.Small(), certificate, key)).Sections[5].Content.ToArray(40000);
        Fuzz.Run(43, [section], bytes =>
        {
            try
            {
                _ = ImageVerifier.IsSignatureValid(EifSignature.Parse(bytes));
            }
            catch (EifSignatureFormatException exception)
            {
                Assert.InRange(exception.Offset, 0, bytes.Length);
            }
        });
    }

    static ImmutableArray<AttestationCheck> Verify(EifImage image, DateTimeOffset at) =>
        ImageVerifier.Verify(image, image.Measure(), at, new Dictionary<int, ImmutableArray<Digest>>(), requireSignature: true);

    static byte[] Sign(byte[] image, byte[] certificate, string key)
    {
        using var signer = EifSigner.FromPem(certificate, key);
        using var buffer = new MemoryStream();
        signer.Sign(Images.Read(image), buffer);
        return buffer.ToArray();
    }

    static (byte[] Certificate, string Key) Keys(string curve, string name = "CN=images")
    {
        using var key = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA384);
        using var certificate = request.CreateSelfSigned(s_now.AddYears(-1), s_now.AddYears(10));
        return (Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()), key.ExportPkcs8PrivateKeyPem());
    }
}
