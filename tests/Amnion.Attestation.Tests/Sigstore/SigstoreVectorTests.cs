using Amnion.Attestation.Sigstore;
using Amnion.Testing;

namespace Amnion.Attestation.Tests.Sigstore;

/// <summary>Every published bundle is refused for exactly the stated reasons, or accepted; a bundle that nobody states a result for fails.</summary>
public sealed class SigstoreVectorTests
{
    const string Unsupported = SigstoreCodes.UnsupportedKey;

    /// <summary>Codes of what rejects, in order. Rekor v2 signs with Ed25519, which the class library cannot verify: such bundles fail closed.</summary>
    static readonly Dictionary<string, string[]> s_expected = new()
    {
        ["bundle-from-wrong-instance_fail"] = [SigstoreCodes.LogUnknown, SigstoreCodes.CheckpointSignature, SigstoreCodes.InclusionPromise, SigstoreCodes.ObserverTimestamps, SigstoreCodes.CertificateTime, PathCodes.CertificateSignature, SigstoreCodes.SctCount],
        ["bundle-invalid-base64-signature_fail"] = [SigstoreCodes.BundleMalformed],
        ["bundle-malformed-json_fail"] = [SigstoreCodes.BundleMalformed],
        ["bundle-unknown-version_fail"] = [SigstoreCodes.BundleMalformed],
        ["bundle-with-root-cert_fail"] = [SigstoreCodes.RootInBundle, SigstoreCodes.Issuer, SigstoreCodes.Signer],
        ["bundle-with-sct-with-extensions"] = [Unsupported, SigstoreCodes.CheckpointSignature],
        ["checkpoint-wrong-roothash_fail"] = [SigstoreCodes.CheckpointRoot],
        ["dsse-invalid-sig_fail"] = [SigstoreCodes.Signature, SigstoreCodes.EntryBody],
        ["dsse-mismatch-envelope_fail"] = [SigstoreCodes.EntryBody],
        ["happy-path-intoto-in-dsse-v3"] = [],
        ["happy-path-v0.1"] = [],
        ["happy-path-v0.2"] = [],
        ["happy-path-v0.3-new-mediaType"] = [],
        ["inclusion-proof-corrupted-hash_fail"] = [SigstoreCodes.InclusionProof],
        ["incorrect-public-key_fail"] = [SigstoreCodes.InclusionProof, SigstoreCodes.InclusionPromise, SigstoreCodes.EntryBody, SigstoreCodes.ObserverTimestamps, SigstoreCodes.CertificateTime],
        ["intoto-expired-certificate_fail"] = [SigstoreCodes.CertificateTime, PathCodes.NotYetValid],
        ["intoto-log-entry-mismatch_fail"] = [SigstoreCodes.EntryBody],
        ["intoto-missing-inclusion-proof_fail"] = [SigstoreCodes.InclusionMissing],
        ["intoto-tsa-timestamp-outside-cert-validity_fail"] = [SigstoreCodes.CertificateTime, PathCodes.Expired],
        ["intoto-with-custom-trust-root"] = [],
        ["invalid-checkpoint-signature_fail"] = [SigstoreCodes.CheckpointSignature],
        ["invalid-inclusion-proof_fail"] = [SigstoreCodes.InclusionProof, SigstoreCodes.CheckpointMalformed],
        ["managed-key-and-trusted-root"] = [],
        ["managed-key-happy-path"] = [],
        ["managed-key-wrong-key_fail"] = [Unsupported, SigstoreCodes.Signature, SigstoreCodes.EntryBody],
        ["message-digest-mismatch_fail"] = [SigstoreCodes.MessageDigest],
        ["rekor2-checkpoint-cosigned"] = [Unsupported, SigstoreCodes.CheckpointSignature],
        ["rekor2-checkpoint-missing-origin_fail"] = [Unsupported, SigstoreCodes.CheckpointMalformed],
        ["rekor2-checkpoint-missing-root-hash_fail"] = [Unsupported, SigstoreCodes.CheckpointMalformed],
        ["rekor2-checkpoint-missing-size_fail"] = [Unsupported, SigstoreCodes.CheckpointMalformed],
        ["rekor2-checkpoint-no-matching-signature_fail"] = [Unsupported, SigstoreCodes.CheckpointSignature],
        ["rekor2-checkpoint-origin-not-first"] = [Unsupported, SigstoreCodes.CheckpointSignature],
        ["rekor2-checkpoint-two-sigs-cosigned"] = [Unsupported, SigstoreCodes.CheckpointSignature],
        ["rekor2-dsse-happy-path"] = [Unsupported, SigstoreCodes.CheckpointSignature],
        ["rekor2-dsse-invalid-sig_fail"] = [SigstoreCodes.Signature, Unsupported, SigstoreCodes.CheckpointSignature, SigstoreCodes.EntryBody],
        ["rekor2-dsse-mismatch-envelope_fail"] = [Unsupported, SigstoreCodes.CheckpointSignature, SigstoreCodes.EntryBody],
        ["rekor2-happy-path"] = [Unsupported, SigstoreCodes.CheckpointSignature],
        ["rekor2-no-inclusion-proof_fail"] = [SigstoreCodes.InclusionMissing, Unsupported],
        ["rekor2-no-timestamp_fail"] = [Unsupported, SigstoreCodes.CheckpointSignature, SigstoreCodes.ObserverTimestamps, SigstoreCodes.CertificateTime],
        ["rekor2-timestamp-outside-tsa-cert-validity_fail"] = [SigstoreCodes.TimestampAuthority, SigstoreCodes.TimestampSignature, Unsupported, SigstoreCodes.CheckpointSignature, SigstoreCodes.ObserverTimestamps, SigstoreCodes.CertificateTime],
        ["rekor2-timestamp-payload-mismatch_fail"] = [SigstoreCodes.TimestampImprint, Unsupported, SigstoreCodes.CheckpointSignature, SigstoreCodes.ObserverTimestamps, SigstoreCodes.CertificateTime],
        ["rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail"] = [Unsupported, SigstoreCodes.CheckpointSignature, SigstoreCodes.ObserverTimestamps, SigstoreCodes.CertificateTime],
        ["rekor2-timestamp-with-embedded-cert"] = [Unsupported, SigstoreCodes.CheckpointSignature],
        ["rekor2-timestamp-with-expired-cert-chain"] = [Unsupported, SigstoreCodes.CheckpointSignature],

        // Its token has line breaks in the base64, before anything is said of its time.
        ["rekor2-timestamp-with-incorrect-time_fail"] = [SigstoreCodes.BundleMalformed],
        ["set-invalid-signature_fail"] = [SigstoreCodes.InclusionPromise, SigstoreCodes.ObserverTimestamps, SigstoreCodes.CertificateTime],
        ["signature-mismatch_fail"] = [SigstoreCodes.Signature, SigstoreCodes.EntryBody],
        ["trust-root-tlog-missing-validity-start_fail"] = [SigstoreCodes.TrustedRootMalformed],
        ["trust-root-tsa-validity-end-inclusive"] = [Unsupported, SigstoreCodes.CheckpointSignature],
        ["wrong-hashedrekord-artifact_fail"] = [SigstoreCodes.EntryBody],
        ["wrong-hashedrekord-cert-and-sig_fail"] = [SigstoreCodes.EntryBody],
        ["wrong-material_fail"] = [SigstoreCodes.MessageDigest, SigstoreCodes.Signature, SigstoreCodes.EntryBody],
    };

    public static TheoryData<string> Names => SigstoreVectors.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void A_published_bundle_is_refused_for_exactly_the_stated_reasons(string name)
    {
        _ = SharedData.Folder(SigstoreVectors.Folder);
        var result = SigstoreVectors.Verify(name);
        Assert.True(s_expected.TryGetValue(name, out var expected), "Nobody states a result for this bundle.");
        Assert.Equal(expected, result.Failures.Select(check => check.Code));
        Assert.Equal(expected.Length == 0, result.Accepted);
        Assert.True(expected.Length > 0 || !name.EndsWith("_fail", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_time_of_a_bundle_with_a_timestamp_and_a_promise_is_proven()
    {
        _ = SharedData.Folder(SigstoreVectors.Folder);
        var time = new DateTimeOffset(2023, 2, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal([time, time], SigstoreVectors.Verify("intoto-with-custom-trust-root").Times);
    }

    [Fact]
    public void A_timestamp_authority_of_the_trusted_root_is_believed_even_where_the_log_cannot_be()
    {
        _ = SharedData.Folder(SigstoreVectors.Folder);
        var checks = SigstoreVectors.Verify("rekor2-happy-path").Checks;
        string[] proven = [SigstoreCodes.TimestampImprint, SigstoreCodes.TimestampAuthority, SigstoreCodes.TimestampSignature, SigstoreCodes.ObserverTimestamps, SigstoreCodes.CertificateTime, SigstoreCodes.EntryBody, SigstoreCodes.InclusionProof];
        Assert.All(proven, code => Assert.Equal(CheckOutcome.Pass, checks.Only(code).Outcome));
    }

    [Fact]
    public void A_certificate_timestamp_with_extensions_verifies()
    {
        _ = SharedData.Folder(SigstoreVectors.Folder);
        Assert.Equal(CheckOutcome.Pass, SigstoreVectors.Verify("bundle-with-sct-with-extensions").Checks.Only(SigstoreCodes.SctCount).Outcome);
    }

    [Fact]
    public void Nothing_of_an_unauthentic_bundle_is_handed_on_as_verified()
    {
        _ = SharedData.Folder(SigstoreVectors.Folder);
        var result = SigstoreVectors.Verify("dsse-invalid-sig_fail");
        Assert.False(result.Authentic);
        Assert.Null(result.Statement);
        Assert.Null(result.Signer);
        Assert.Empty(result.Times);
    }
}
