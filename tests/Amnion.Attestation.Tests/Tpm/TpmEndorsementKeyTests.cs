using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation.Tpm;

namespace Amnion.Attestation.Tests.Tpm;

/// <summary>Certificates of endorsement keys: the TCG's profile and the chain.</summary>
public sealed class TpmEndorsementKeyTests
{
    static readonly string[] s_names = ["2.23.133.2.1", "2.23.133.2.2", "2.23.133.2.3"];

    readonly TestAuthority _root = TestAuthority.Root(ECDsa.Create(ECCurve.NamedCurves.nistP384), "TPM maker");

    string[] Rejected(byte[] certificate, Func<TpmVerification, TpmVerification>? change = null)
    {
        var verification = new TpmVerification { Anchors = [_root.Anchor.KeyDigest], At = TestAuthority.Now, Certificates = [_root.Der] };
        return [.. TpmEndorsementKey.Verify(certificate, change?.Invoke(verification) ?? verification).Where(check => check.Rejects).Select(check => check.Code)];
    }

    byte[] Certificate(string purpose = "2.23.133.8.1", X509KeyUsageFlags usage = X509KeyUsageFlags.KeyAgreement, string[]? names = null, bool critical = true) =>
        _root.Issue(ECDsa.Create(ECCurve.NamedCurves.nistP256), "EK", certificate =>
        {
            certificate.Authority = false;
            certificate.KeyUsage = usage;
            certificate.Extra.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
            certificate.Extra.Add(new X509Extension("2.5.29.17", Names(names ?? s_names), critical));
        }).Der;

    static byte[] Names(string[] types)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 4)))
        using (writer.PushSequence())
        {
            foreach (var type in types)
            {
                using (writer.PushSetOf())
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(type);
                    writer.WriteCharacterString(UniversalTagNumber.UTF8String, "id:41");
                }
            }
        }

        return writer.Encode();
    }

    [Fact]
    public void Accepts_a_certificate_of_the_profile_under_the_anchor() => Assert.Empty(Rejected(Certificate()));

    [Fact]
    public void Refuses_another_purpose_key_usage_or_names()
    {
        Assert.Equal([TpmCodes.EndorsementProfile], Rejected(Certificate(purpose: "1.3.6.1.5.5.7.3.1")));
        Assert.Equal([TpmCodes.EndorsementProfile], Rejected(Certificate(usage: X509KeyUsageFlags.DigitalSignature)));
        Assert.Equal([TpmCodes.EndorsementProfile], Rejected(Certificate(names: s_names[..2])));
    }

    [Fact]
    public void Refuses_a_chain_that_is_incomplete_or_ends_elsewhere()
    {
        Assert.Equal([TpmCodes.EndorsementChain], Rejected(Certificate(), verification => verification with { Certificates = [] }));
        Assert.Equal([PathCodes.TrustAnchor], Rejected(Certificate(), verification => verification with { Anchors = [new Measurement(new byte[32])] }));
        Assert.Equal([PathCodes.Expired], Rejected(Certificate(), verification => verification with { At = TestAuthority.Now.AddYears(2) }));
        Assert.Equal([TpmCodes.CertificateMalformed], Rejected([0x30, 0x00]));
    }
}
