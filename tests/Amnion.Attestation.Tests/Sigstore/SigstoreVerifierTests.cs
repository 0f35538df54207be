using System.Text.Json.Nodes;
using Amnion.Attestation.Sigstore;
using Amnion.Testing;

namespace Amnion.Attestation.Tests.Sigstore;

/// <summary>Every rule of signed provenance, with everything else in order.</summary>
public sealed class SigstoreVerifierTests
{
    /// <summary>A published bundle that holds a bare signature and is in order.</summary>
    const string Bare = "happy-path-v0.3-new-mediaType";

    [Fact]
    public void A_bundle_in_order_is_accepted_and_says_who_when_and_what()
    {
        var result = new TestSigstore().Verify();
        Assert.Empty(result.Failures.Select(check => $"{check.Code} {check.Actual}"));
        Assert.True(result.Accepted);
        Assert.Equal(TestSigstore.Workflow, result.Signer!.Name);
        Assert.Equal(TestSigstore.Predicate, result.Statement!.PredicateType);
        Assert.Equal([TestSigstore.Signed.AddMinutes(1)], result.Times);
        Assert.Equal("1", result.Fields.Single(field => field.Name == "sct_count").Value);
    }

    public static TheoryData<string, string[]> Policies => new()
    {
        { "issuer", [SigstoreCodes.Issuer] },
        { "signer", [SigstoreCodes.Signer] },
        { "repository", [SigstoreCodes.WorkflowRepository] },
        { "repository in other case", [SigstoreCodes.WorkflowRepository] },
        { "ref", [SigstoreCodes.WorkflowRef] },
        { "no signer", [SigstoreCodes.PolicyNamesNoSigner] },
        { "no issuer", [SigstoreCodes.PolicyNamesNoSigner] },
        { "payload type", [SigstoreCodes.PayloadType] },
        { "statement types", [SigstoreCodes.StatementType] },
        { "predicate types", [SigstoreCodes.PredicateType] },
        { "empty predicate types", [SigstoreCodes.PredicateType] },
        { "default", [SigstoreCodes.PolicyNamesNoSigner, SigstoreCodes.PredicateType, SigstoreCodes.SubjectDigest] },
        { "digest", [SigstoreCodes.SubjectDigest] },
        { "entries", [SigstoreCodes.LogEntryCount] },
        { "few entries", [SigstoreCodes.LogEntryCount] },
        { "timestamps", [SigstoreCodes.ObserverTimestamps] },
        { "certificate timestamps", [SigstoreCodes.SctCount] },
        { "any", [] },
    };

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_policy_that_wants_something_else_rejects_with_that_code_alone(string what, string[] codes)
    {
        var test = new TestSigstore();
        var policy = test.Policy;
        test.Policy = what switch
        {
            "issuer" => policy with { Issuer = "https://other.example" },
            "signer" => policy with { Signer = TestSigstore.Workflow + "0" },
            "repository" => policy with { WorkflowRepository = "owner/other" },
            "repository in other case" => policy with { WorkflowRepository = "Owner/image" },
            "ref" => policy with { WorkflowRefPrefix = "refs/heads/" },
            "no signer" => policy with { WorkflowRepository = null },
            "no issuer" => policy with { Issuer = null },
            "payload type" => policy with { PayloadType = "text/plain" },
            "statement types" => policy with { StatementTypes = ["https://in-toto.io/Statement/v0.1"] },
            "predicate types" => policy with { PredicateTypes = [TestSigstore.Predicate + "/"] },
            "empty predicate types" => policy with { PredicateTypes = [] },
            "default" => new SigstorePolicy(),
            "digest" => policy with { SubjectDigest = Measurement.FromHex(new string('e', 64)) },
            "entries" => policy with { LogEntriesMax = 0 },
            "few entries" => policy with { LogEntriesMin = 2 },
            "timestamps" => policy with { ObserverTimestampsMin = 2 },
            "certificate timestamps" => policy with { SctMin = 2 },
            _ => policy with { WorkflowRefPrefix = "", StatementTypes = null, PredicateTypes = null, LogEntriesMax = 1 },
        };
        Assert.Equal(codes, test.Verify().Failures.Select(check => check.Code));
    }

    [Fact]
    public void The_newer_issuer_claim_wins_and_the_older_one_serves_alone()
    {
        var disagreeing = new TestSigstore { Claims = { [1] = "https://other.example" } };
        Assert.True(disagreeing.Verify().Accepted);
        var inverse = new TestSigstore { Claims = { [8] = "https://other.example" } };
        Assert.Equal([SigstoreCodes.Issuer], inverse.Verify().Failures.Select(check => check.Code));
        var older = new TestSigstore();
        older.Claims.Remove(8);
        Assert.True(older.Verify().Accepted);
        older.Claims.Remove(1);
        Assert.Equal([SigstoreCodes.Issuer], older.Verify().Failures.Select(check => check.Code));
    }

    [Theory]
    [InlineData(6, "refs/heads/main@refs/tags/v1", SigstoreCodes.WorkflowRef)]
    [InlineData(14, "refs/heads/main", SigstoreCodes.WorkflowRef)]
    [InlineData(5, "owner/other", SigstoreCodes.WorkflowRepository)]
    [InlineData(12, "https://github.example/other/image", SigstoreCodes.WorkflowRepository)]
    public void Older_and_newer_claims_of_repository_and_ref_must_both_fit(int claim, string value, string code) =>
        Assert.Equal([code], new TestSigstore { Claims = { [claim] = value } }.Verify().Failures.Select(check => check.Code));

    [Theory]
    [InlineData(5, SigstoreCodes.WorkflowRepository)]
    [InlineData(6, SigstoreCodes.WorkflowRef)]
    public void A_claim_that_the_policy_needs_must_be_there(int claim, string code)
    {
        var test = new TestSigstore();
        test.Claims.Remove(claim);
        Assert.Equal([code], test.Verify().Failures.Select(check => check.Code));
    }

    [Fact]
    public void A_certificate_for_something_else_or_with_two_names_is_refused()
    {
        Assert.Equal([SigstoreCodes.CodeSigning], new TestSigstore { Use = SigstoreOids.TimeStamping }.Verify().Failures.Select(check => check.Code));
        var twoNames = new TestSigstore { Names = { "https://github.example/other" } };
        Assert.Equal([SigstoreCodes.SubjectName], twoNames.Verify().Failures.Select(check => check.Code));
    }

    [Fact]
    public void Certificate_timestamps_count_once_for_each_log()
    {
        Assert.Equal([SigstoreCodes.SctDuplicateLog], new TestSigstore { Timestamps = 2 }.Verify().Failures.Select(check => check.Code));
        Assert.Equal([SigstoreCodes.SctCount], new TestSigstore { Timestamps = 0 }.Verify().Failures.Select(check => check.Code));
    }

    [Fact]
    public void A_certificate_timestamp_of_an_unknown_log_neither_counts_nor_spoils()
    {
        var test = new TestSigstore { ChangeRoot = root => root.Remove("ctlogs") };
        Assert.Equal([SigstoreCodes.SctCount], test.Verify().Failures.Select(check => check.Code));
        test.Policy = test.Policy with { SctMin = 0 };
        Assert.True(test.Verify().Accepted);
    }

    public static TheoryData<string, string, string, string[]> Periods => new()
    {
        { "tlogs", "2020-01-01T00:00:00Z", "2026-06-01T12:01:00Z", [] },
        { "tlogs", "2020-01-01T00:00:00Z", "2026-06-01T12:00:59Z", [SigstoreCodes.LogUnknown, SigstoreCodes.CheckpointSignature, SigstoreCodes.InclusionPromise, SigstoreCodes.ObserverTimestamps, SigstoreCodes.CertificateTime] },
        { "ctlogs", "2026-06-01T12:00:00Z", "2030-01-01T00:00:00Z", [] },
        { "ctlogs", "2026-06-01T12:00:01Z", "2030-01-01T00:00:00Z", [SigstoreCodes.SctSignature, SigstoreCodes.SctCount] },
        { "certificateAuthorities", "2026-06-01T12:01:00Z", "2030-01-01T00:00:00Z", [] },
        { "certificateAuthorities", "2026-06-01T12:01:01Z", "2030-01-01T00:00:00Z", [SigstoreCodes.NoAuthority, SigstoreCodes.SctSignature, SigstoreCodes.SctCount] },
    };

    [Theory]
    [MemberData(nameof(Periods))]
    public void A_key_is_trusted_from_the_first_to_the_last_moment_of_its_period(string list, string start, string end, string[] codes)
    {
        var test = new TestSigstore
        {
            ChangeRoot = root =>
            {
                var entry = root[list]![0]!.AsObject();
                (entry["publicKey"] ?? entry)["validFor"] = new JsonObject { ["start"] = start, ["end"] = end };
            },
        };
        Assert.Equal(codes, test.Verify().Failures.Select(check => check.Code));
    }

    [Fact]
    public void Of_two_authorities_of_one_name_the_one_that_signed_is_found()
    {
        var other = new TestSigstore();
        var test = new TestSigstore
        {
            ChangeRoot = root =>
            {
                var first = root["certificateAuthorities"]![0]!.DeepClone();
                first["certChain"]!["certificates"]![0]!["rawBytes"] = Convert.ToBase64String(other.Authority.Der);
                root["certificateAuthorities"]!.AsArray().Insert(0, first);
            },
        };
        Assert.True(test.Verify().Accepted);
        test.ChangeRoot = root => root["certificateAuthorities"]![0]!["certChain"]!["certificates"]![0]!["rawBytes"] = Convert.ToBase64String(other.Authority.Der);
        Assert.Equal([PathCodes.CertificateSignature, SigstoreCodes.SctSignature, SigstoreCodes.SctCount], test.Verify().Failures.Select(check => check.Code));
    }

    [Fact]
    public void A_log_of_an_algorithm_not_in_the_class_library_is_named_as_unsupported()
    {
        var test = new TestSigstore { ChangeRoot = root => root["tlogs"]![0]!["publicKey"]!["keyDetails"] = "PKIX_ED25519" };
        Assert.Equal([SigstoreCodes.UnsupportedKey, SigstoreCodes.CheckpointSignature, SigstoreCodes.InclusionPromise, SigstoreCodes.ObserverTimestamps, SigstoreCodes.CertificateTime], test.Verify().Failures.Select(check => check.Code));
    }

    [Fact]
    public void A_log_that_the_root_does_not_hold_proves_nothing()
    {
        var test = new TestSigstore { ChangeRoot = root => root.Remove("tlogs") };
        Assert.Equal([SigstoreCodes.LogUnknown, SigstoreCodes.CheckpointSignature, SigstoreCodes.InclusionPromise, SigstoreCodes.ObserverTimestamps, SigstoreCodes.CertificateTime], test.Verify().Failures.Select(check => check.Code));
    }

    [Fact]
    public void The_same_log_entry_twice_is_refused()
    {
        var test = new TestSigstore { ChangeBundle = bundle => Entries(bundle).Add(Entries(bundle)[0]!.DeepClone()) };
        Assert.Equal([SigstoreCodes.LogEntryTwice], test.Verify().Failures.Select(check => check.Code));
    }

    [Fact]
    public void Another_origin_than_the_logs_is_refused()
    {
        Assert.True(new TestSigstore { Origin = "log.example" }.Verify().Accepted);
        Assert.Equal([SigstoreCodes.CheckpointSignature], new TestSigstore { Origin = "log.example.org - 7" }.Verify().Failures.Select(check => check.Code));
    }

    [Fact]
    public void An_integrated_time_without_its_promise_proves_no_time()
    {
        var test = new TestSigstore { ChangeBundle = bundle => Entries(bundle)[0]!.AsObject().Remove("inclusionPromise") };
        Assert.Equal([SigstoreCodes.ObserverTimestamps, SigstoreCodes.CertificateTime], test.Verify().Failures.Select(check => check.Code));

        // Who asks for no proven time gets the certificate judged now.
        test.Policy = test.Policy with { ObserverTimestampsMin = 0 };
        Assert.Equal([SigstoreCodes.CertificateTime, PathCodes.Expired], test.Verify().Failures.Select(check => check.Code));
        test.Now = TestSigstore.Signed.AddMinutes(2);
        Assert.True(test.Verify().Accepted);
    }

    [Fact]
    public void An_integrated_time_without_its_promise_does_not_choose_when_the_log_was_trusted()
    {
        // The log's key was retired a moment after the time that the entry states.
        var test = new TestSigstore
        {
            Now = TestSigstore.Signed.AddMinutes(5),
            ChangeRoot = root => root["tlogs"]![0]!["publicKey"]!["validFor"] = new JsonObject { ["start"] = "2020-01-01T00:00:00Z", ["end"] = "2026-06-01T12:01:00Z" },
        };
        test.Policy = test.Policy with { ObserverTimestampsMin = 0 };
        Assert.True(test.Verify().Accepted);
        test.ChangeBundle = bundle => Entries(bundle)[0]!.AsObject().Remove("inclusionPromise");
        Assert.Equal([SigstoreCodes.LogUnknown, SigstoreCodes.CheckpointSignature], test.Verify().Failures.Select(check => check.Code));
        test.Now = TestSigstore.Signed.AddMinutes(1);
        Assert.True(test.Verify().Accepted);
    }

    [Theory]
    [InlineData("none named")]
    [InlineData("one named")]
    public void A_bare_signature_makes_no_statement_of_the_type_a_policy_wants(string predicates)
    {
        _ = SharedData.Folder(SigstoreVectors.Folder);
        var policy = SigstoreVectors.Policy(Bare) with { PredicateTypes = predicates == "none named" ? [] : [TestSigstore.Predicate] };
        Assert.Equal([SigstoreCodes.PredicateType], VerifyBare(policy).Failures.Select(check => check.Code));
        Assert.True(VerifyBare(policy with { PredicateTypes = null }).Accepted);
    }

    [Fact]
    public void A_bare_signature_of_another_artifact_than_the_policys_is_refused()
    {
        _ = SharedData.Folder(SigstoreVectors.Folder);
        var policy = SigstoreVectors.Policy(Bare);
        var digest = Measurement.FromHex(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(SigstoreVectors.Artifact(Bare))));
        Assert.True(VerifyBare(policy with { SubjectDigest = digest }).Accepted);
        var other = VerifyBare(policy with { SubjectDigest = Measurement.FromHex(TestSigstore.Digest) });
        Assert.Equal([SigstoreCodes.SubjectDigest], other.Failures.Select(check => check.Code));
        var without = SigstoreVerifier.Verify(SigstoreVectors.Bundle(Bare), SigstoreVectors.Root(Bare), policy with { SubjectDigest = digest }, SigstoreVectors.Context(Bare) with { Artifact = null });
        Assert.True(without.Failures.Single(check => check.Code == SigstoreCodes.SubjectDigest) is { Outcome: CheckOutcome.Skip, Required: true });
    }

    [Fact]
    public void A_proven_time_in_the_future_is_refused()
    {
        Assert.True(new TestSigstore { Now = TestSigstore.Signed }.Verify().Accepted);
        Assert.Equal([SigstoreCodes.TimeInFuture], new TestSigstore { Now = TestSigstore.Signed.AddSeconds(-1) }.Verify().Failures.Select(check => check.Code));
    }

    [Fact]
    public void Only_the_first_subject_counts_unless_the_policy_takes_any()
    {
        var test = new TestSigstore();
        test.Statement = test.Statement.Replace("\"subject\":[", "\"subject\":[{\"name\":\"other\",\"digest\":{\"sha256\":\"00\"}},", StringComparison.Ordinal);
        Assert.Equal([SigstoreCodes.SubjectDigest], test.Verify().Failures.Select(check => check.Code));
        test.Policy = test.Policy with { AnySubject = true };
        Assert.True(test.Verify().Accepted);
    }

    [Theory]
    [InlineData("""{"_type":"t","predicateType":"p","subject":[]}""", SigstoreCodes.SubjectMissing)]
    [InlineData("""{"_type":"t","predicateType":"p"}""", SigstoreCodes.SubjectMissing)]
    [InlineData("""{"_type":"t","predicateType":"p","subject":[{}]}""", SigstoreCodes.SubjectDigest)]
    [InlineData("""{"_type":"t","subject":[]}""", SigstoreCodes.StatementMalformed)]
    [InlineData("not JSON", SigstoreCodes.StatementMalformed)]
    public void A_statement_about_nothing_is_refused(string statement, string code)
    {
        var test = new TestSigstore { Statement = statement };
        test.Policy = test.Policy with { StatementTypes = null, PredicateTypes = null };
        Assert.Equal([code], test.Verify().Failures.Select(check => check.Code));
    }

    [Fact]
    public void A_policy_that_names_a_key_refuses_a_certificate()
    {
        var test = new TestSigstore();
        test.Policy = test.Policy with { Key = Convert.FromHexString("00") };
        Assert.Contains(SigstoreCodes.SignerKind, test.Verify().Failures.Select(check => check.Code));
    }

    [Fact]
    public void Whatever_value_of_a_bundle_is_changed_it_is_noticed()
    {
        var test = new TestSigstore();
        var original = test.Bundle();
        var accepted = new List<string>();
        var count = Leaves(original).Count();
        for (var i = 0; i < count; i++)
        {
            var changed = (JsonObject)original.DeepClone();
            var leaf = Leaves(changed).ElementAt(i);
            var path = leaf.GetPath();
            leaf.ReplaceWith(Change(leaf.GetValue<string>()));
            if (SigstoreVerifier.Verify(System.Text.Encoding.UTF8.GetBytes(changed.ToJsonString()), test.Root(), test.Policy, new SigstoreContext { Now = test.Now }).Accepted)
            {
                accepted.Add(path);
            }
        }

        Assert.Equal(17, count);
        Assert.Empty(accepted);
    }

    static SigstoreResult VerifyBare(SigstorePolicy policy) =>
        SigstoreVerifier.Verify(SigstoreVectors.Bundle(Bare), SigstoreVectors.Root(Bare), policy, SigstoreVectors.Context(Bare));

    [Theory]
    [InlineData("version=0.2", "")]
    [InlineData("version=0.1", "")]
    [InlineData("version=0.1", "inclusionProof")]
    [InlineData("version=0.1", "checkpoint")]
    [InlineData("version=0.1", "inclusionPromise", SigstoreCodes.InclusionMissing, SigstoreCodes.ObserverTimestamps, SigstoreCodes.CertificateTime)]
    [InlineData("version=0.2", "inclusionProof", SigstoreCodes.InclusionMissing)]
    [InlineData("version=0.2", "checkpoint", SigstoreCodes.CheckpointMalformed)]
    public void The_version_that_nothing_signs_only_chooses_between_proof_and_promise(string version, string removed, params string[] codes)
    {
        var test = new TestSigstore
        {
            ChangeBundle = bundle =>
            {
                bundle["mediaType"] = "application/vnd.dev.sigstore.bundle+json;" + version;
                _ = Entries(bundle)[0]!.AsObject().Remove(removed);
                _ = Entries(bundle)[0]!["inclusionProof"]?.AsObject().Remove(removed);
            },
        };
        Assert.Equal(codes, test.Verify().Failures.Select(check => check.Code));
    }

    [Fact]
    public void A_timestamp_that_is_no_token_is_refused_whoever_added_it()
    {
        var test = new TestSigstore
        {
            ChangeBundle = bundle => bundle["verificationMaterial"]!["timestampVerificationData"] = new JsonObject { ["rfc3161Timestamps"] = new JsonArray(new JsonObject { ["signedTimestamp"] = "MAA=" }) },
        };
        Assert.Equal([SigstoreCodes.TimestampMalformed], test.Verify().Failures.Select(check => check.Code));
    }

    static JsonArray Entries(JsonObject bundle) => bundle["verificationMaterial"]!["tlogEntries"]!.AsArray();

    static IEnumerable<JsonValue> Leaves(JsonNode node) => node switch
    {
        JsonObject parent => parent.SelectMany(member => Leaves(member.Value!)),
        JsonArray list => list.SelectMany(item => Leaves(item!)),
        _ => [node.AsValue()],
    };

    /// <summary>The middle character of a text, changed to another that the member's alphabet has too.</summary>
    static string Change(string text) => text[..(text.Length / 2)] + (text[text.Length / 2] == '1' ? '2' : '1') + text[((text.Length / 2) + 1)..];
}
