using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation.Certificates;
using Amnion.Attestation.Nvidia;

namespace Amnion.Attestation.Tests.Nvidia;

/// <summary>Each rule of OCSP answers, alone, with its exact code.</summary>
public sealed class NvidiaOcspTests
{
    readonly NvidiaScene _scene = new();

    /// <summary>About the provisioner, by the identity CA.</summary>
    OcspSpec Answer => _scene.Answers[1];

    string[] Codes(Func<NvidiaVerification, NvidiaVerification>? change = null) => [.. _scene.Verify(change).Checks.Where(check => check.Rejects).Select(check => check.Code)];

    void Fails(params string[] codes) => Assert.Equal(codes, Codes());

    void Delegate(Action<CertificateSpec>? change = null, CertificateSpec? issuer = null, string purpose = "1.3.6.1.5.5.7.3.9")
    {
        Answer.SignedBy = NvidiaPki.Spare(1);
        Answer.Responder = OcspSpec.Delegate(issuer ?? _scene.Pki.Identity, NvidiaPki.Spare(1), change, purpose);
    }

    [Fact]
    public void Accepts_answers_of_the_issuers_themselves() => Fails();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Accepts_an_answer_of_a_responder_that_the_issuer_authorised(bool byKey)
    {
        Delegate();
        Answer.ByKey = byKey;
        Fails();
    }

    [Fact]
    public void Rejects_a_chain_without_answers_unless_that_check_may_be_skipped()
    {
        _scene.Answers.RemoveAt(1);
        Fails(OcspCodes.Missing);
        Assert.Empty(Codes(verification => verification with { MaySkip = [OcspCodes.Missing] }));
    }

    [Fact]
    public void Asks_for_an_answer_about_the_manifests_signer_too()
    {
        _scene.Answers.RemoveAt(3);
        Assert.Equal([OcspCodes.Missing, OcspCodes.Missing], Codes());
    }

    [Fact]
    public void Rejects_a_revoked_certificate_even_where_checks_may_be_skipped()
    {
        Answer.Status = OcspCertificateStatus.Revoked;
        Answer.Reason = 1;
        Fails(OcspCodes.Revoked);
        Assert.Equal([OcspCodes.Revoked], Codes(verification => verification with { MaySkip = [OcspCodes.Missing, OcspCodes.Revoked] }));
        Assert.Contains(_scene.Verify().Claims, claim => claim is { Name: "x-nvidia-gpu-attestation-report-cert-chain.x-nvidia-cert-status", Value: "revoked" });
    }

    [Fact]
    public void Rejects_a_revoked_certificate_whose_revocation_names_no_reason()
    {
        Answer.Status = OcspCertificateStatus.Revoked;
        Fails(OcspCodes.Revoked);
    }

    [Fact]
    public void Rejects_a_certificate_on_hold_with_a_code_of_its_own()
    {
        Answer.Status = OcspCertificateStatus.Revoked;
        Answer.Reason = OcspSingleResponse.CertificateHold;
        Fails(OcspCodes.OnHold);
    }

    [Fact]
    public void Rejects_a_certificate_that_the_responder_does_not_know()
    {
        Answer.Status = OcspCertificateStatus.Unknown;
        Fails(OcspCodes.Unknown);
    }

    [Fact]
    public void Rejects_revocation_in_one_of_two_answers()
    {
        _scene.Answers.Add(new OcspSpec(_scene.Pki.Device[2], _scene.Pki.Device[3], _scene.Pki.Identity.Key) { Status = OcspCertificateStatus.Revoked });
        Fails(OcspCodes.Revoked);
    }

    [Fact]
    public void Rejects_an_answer_signed_by_somebody_else()
    {
        Answer.SignedBy = NvidiaPki.Spare(1);
        Fails(OcspCodes.Signature);
    }

    [Fact]
    public void Rejects_a_responder_of_another_issuer()
    {
        Delegate(issuer: _scene.Pki.Root);
        Fails(OcspCodes.ResponderNotAuthorized);
    }

    [Fact]
    public void Rejects_a_responder_that_only_claims_the_issuers_name()
    {
        Delegate(spec => spec.SignedBy = NvidiaPki.Spare(2));
        Fails(OcspCodes.ResponderNotAuthorized);
    }

    [Fact]
    public void Rejects_a_responder_without_the_purpose()
    {
        Delegate(purpose: "1.3.6.1.5.5.7.3.1");
        Fails(OcspCodes.ResponderNotAuthorized);
    }

    [Fact]
    public void Rejects_a_responder_without_any_purpose()
    {
        Delegate(spec => spec.Extra.RemoveAt(0));
        Fails(OcspCodes.ResponderNotAuthorized);
    }

    [Fact]
    public void Rejects_a_responder_whose_certificate_has_expired()
    {
        Delegate(spec => spec.NotAfter = TestChain.Epoch.AddMinutes(-1));
        Fails(OcspCodes.ResponderNotAuthorized);
    }

    [Fact]
    public void Rejects_a_responder_that_is_a_ca()
    {
        Delegate(spec => spec.Authority = true);
        Fails(OcspCodes.ResponderNotAuthorized);
    }

    [Fact]
    public void Rejects_a_leaf_of_the_device_as_responder_for_its_own_issuer()
    {
        // The device makes its leaf's key; it must not be able to speak for its boot ROM's issuer.
        _scene.Answers[0].SignedBy = _scene.Pki.Leaf.Key;
        _scene.Answers[0].Responder = _scene.Pki.Device[0];
        Fails(OcspCodes.ResponderNotAuthorized);
    }

    [Fact]
    public void Rejects_a_responder_that_the_relying_party_revoked()
    {
        Delegate();
        var responder = CertificateId.FromCertificate(Answer.Responder);
        Assert.Empty(Codes());
        Assert.Equal([OcspCodes.ResponderNotAuthorized], Codes(verification => verification with { Revoked = [responder] }));
    }

    [Fact]
    public void Looks_for_the_signer_of_a_response_once_per_issuer()
    {
        var signers = new OcspSigners(NvidiaChains.Ocsp(_scene.Verification));
        var response = OcspResponse.Parse(Answer.Make(), anyTimeForm: true);
        var chain = _scene.Pki.Chain.LeafFirst;
        var first = signers.Of(response, chain[3]);
        Assert.Equal(new OcspSigner(null, HasSigned: true), first);
        Assert.Same(first, signers.Of(response, chain[3]));
        Assert.NotNull(signers.Of(response, chain[4]).Problem);
        Assert.NotSame(first, signers.Of(OcspResponse.Parse(Answer.Make(), anyTimeForm: true), chain[3]));
    }

    [Fact]
    public void Claims_a_good_status_only_where_the_answers_are_valid()
    {
        const string Device = "x-nvidia-gpu-attestation-report-cert-chain.x-nvidia-cert-";
        const string Driver = "x-nvidia-gpu-driver-rim-cert-chain.x-nvidia-cert-";
        string Claim(string name) => _scene.Verify().Claims.Single(claim => claim.Name == name).Value;
        Assert.Equal(("good", "true"), (Claim(Device + "ocsp-status"), Claim(Device + "ocsp-response-valid")));
        Answer.NextUpdate = TestChain.Epoch.AddSeconds(-1);
        Assert.Equal(("unknown", "false"), (Claim(Device + "ocsp-status"), Claim(Device + "ocsp-response-valid")));
        Assert.Equal("good", Claim(Driver + "ocsp-status"));
        Answer.NextUpdate = TestChain.Epoch.AddHours(1);
        Answer.SignedBy = NvidiaPki.Spare(1);
        Assert.Equal("unknown", Claim(Device + "ocsp-status"));
    }

    [Fact]
    public void Rejects_an_answer_from_the_future()
    {
        Answer.ThisUpdate = TestChain.Epoch.AddMinutes(2);
        Fails(OcspCodes.NotCurrent);
        Assert.Empty(Codes(verification => verification with { ClockSkew = TimeSpan.FromMinutes(2) }));
    }

    [Fact]
    public void Rejects_an_answer_made_in_the_future()
    {
        Answer.ProducedAt = TestChain.Epoch.AddSeconds(1);
        Fails(OcspCodes.NotCurrent);
    }

    [Fact]
    public void Rejects_an_answer_that_has_run_out()
    {
        Answer.NextUpdate = TestChain.Epoch.AddSeconds(-1);
        Fails(OcspCodes.NotCurrent);
    }

    [Fact]
    public void Rejects_an_answer_without_end()
    {
        Answer.NextUpdate = null;
        Fails(OcspCodes.NotCurrent);
    }

    [Fact]
    public void Rejects_a_critical_extension()
    {
        Answer.CriticalExtension = true;
        Fails(OcspCodes.CriticalExtension);
    }

    [Fact]
    public void Ignores_an_answer_whose_certificate_is_named_with_sha_1()
    {
        Answer.HashOid = "1.3.14.3.2.26";
        Fails(OcspCodes.Missing);
    }

    [Fact]
    public void Rejects_an_error_in_place_of_an_answer()
    {
        Answer.ResponseStatus = 3;
        Fails(OcspCodes.NotSuccessful, OcspCodes.Missing);
    }

    [Fact]
    public void Rejects_a_response_that_does_not_parse()
    {
        var endorsements = _scene.Endorsements;
        Assert.Equal([OcspCodes.Malformed], Codes(verification => verification with { Endorsements = endorsements with { OcspResponses = [.. endorsements.OcspResponses, new byte[] { 0x30, 0 }] } }));
    }

    [Fact]
    public void Compares_the_nonce_where_the_answer_has_one()
    {
        Answer.Nonce = [1, 2, 3];
        Assert.Empty(Codes());
        Assert.Equal([OcspCodes.Nonce], Codes(verification => verification with { OcspNonce = new byte[] { 1, 2, 4 } }));
        Assert.Empty(Codes(verification => verification with { OcspNonce = new byte[] { 1, 2, 4 }, AllowOtherOcspNonce = true }));
        Assert.Equal((CheckOutcome.Skip, "false"), Matches());
        _scene.Answers[0].Nonce = [1, 2, 3];
        Assert.Equal((CheckOutcome.Skip, "false"), Matches());
        _scene.Answers[2].Nonce = [1, 2, 3];
        Assert.Equal((CheckOutcome.Pass, "true"), Matches());
        _scene.Answers[2].Nonce = [1, 2, 4];
        Assert.Equal((CheckOutcome.Skip, "false"), Matches(allowOther: true));
        Assert.Equal((CheckOutcome.Fail, "false"), Matches());

        // Of the device's three answers; those about the manifests' signers carry none.
        (CheckOutcome Outcome, string Claim) Matches(bool allowOther = false)
        {
            var verified = _scene.Verify(verification => verification with { OcspNonce = new byte[] { 1, 2, 3 }, AllowOtherOcspNonce = allowOther });
            return (verified.Checks.Single(check => check.Code == OcspCodes.Nonce && check.Name.StartsWith("device chain: ", StringComparison.Ordinal)).Outcome,
                verified.Claims.Single(claim => claim.Name == "x-nvidia-gpu-attestation-report-cert-chain.x-nvidia-cert-ocsp-nonce-matches").Value);
        }
    }

    [Fact]
    public void Verifies_a_response_alone_where_the_issuers_chain_is_given()
    {
        Delegate();
        var response = Answer.Make();
        List<ReadOnlyMemory<byte>> pool = [.. _scene.Pki.Device.Select(der => (ReadOnlyMemory<byte>)der)];
        Assert.Empty(NvidiaOcspVerifier.Verify(response, pool, _scene.Verification).Where(check => check.Rejects));
        Assert.Equal([PathCodes.TrustAnchor], NvidiaOcspVerifier.Verify(response, pool, _scene.Verification with { DeviceAnchors = [NvidiaRoots.Device] }).Where(check => check.Rejects).Select(check => check.Code));
        Assert.Equal([PathCodes.NoPath], NvidiaOcspVerifier.Verify(response, [], _scene.Verification).Where(check => check.Rejects).Select(check => check.Code));
        Assert.True(NvidiaOcspVerifier.TryWindow(response, out var from, out var until));
        Assert.Equal((TestChain.Epoch.AddHours(-1), TestChain.Epoch.AddHours(23)), (from.Value, until.Value));
    }

    [Fact]
    public void A_response_alone_needs_an_issuer_that_may_sign_certificates()
    {
        _scene.Pki.Identity.KeyUsage = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.CrlSign;
        var check = NvidiaOcspVerifier.Verify(Answer.Make(), [.. _scene.Pki.Device.Select(der => (ReadOnlyMemory<byte>)der)], _scene.Verification).Single(check => check.Rejects);
        Assert.Equal((PathCodes.KeyCertSign, "keyUsage with keyCertSign"), (check.Code, check.Expected));
    }

    [Fact]
    public void No_input_makes_the_reader_do_anything_but_refuse()
    {
        Delegate();
        Answer.Nonce = [1, 2, 3];
        var revoked = new OcspSpec(_scene.Pki.Device[2], _scene.Pki.Device[3], _scene.Pki.Identity.Key) { Status = OcspCertificateStatus.Revoked, Reason = 6 };
        Fuzz.Run(32, [Answer.Make(), revoked.Make()], input =>
        {
            try
            {
                _ = OcspResponse.Parse(input, anyTimeForm: true);
            }
            catch (CertificateFormatException)
            {
            }

            _ = NvidiaOcspVerifier.TryWindow(input, out _, out _);
        });
    }
}
