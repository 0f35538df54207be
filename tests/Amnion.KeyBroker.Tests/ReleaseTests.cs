using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Attestation;
using Amnion.Attestation.Nitro;
using Amnion.KeyBroker.Audit;
using Amnion.Records;
using Amnion.Records.Telemetry;
using Amnion.Sealing;

namespace Amnion.KeyBroker.Tests;

/// <summary>Over HTTP with real documents, real appraisal and real HPKE.</summary>
public sealed class ReleaseTests
{
    [Theory]
    [InlineData(Suites.P256Aes256Gcm)]
    [InlineData(Suites.X25519Aes256Gcm)]
    public async Task Releases_the_key_to_evidence_that_satisfies_its_policy(string suite)
    {
        await using var broker = await TestBroker.StartAsync();
        using var dataKey = broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy);
        using var enclave = new TestEnclave(suite);

        var (challenge, response) = await broker.AskAsync(enclave);

        var wrapped = await TestBroker.ReadKeyAsync(response);
        Assert.Equal((TestBroker.KeyId, suite), (wrapped.KeyId, wrapped.Suite));
        using var opened = enclave.Open(wrapped, challenge);
        Assert.Equal(KeyCommitment.Compute(dataKey), KeyCommitment.Compute(opened));
        var audit = broker.Admin.Audit(TestBroker.KeyId);
        Assert.Equal([AuditDecision.Created, AuditDecision.Released], audit.Records.Select(record => record.Decision));
        Assert.True(audit.Intact);
        Assert.Equal(Digest.Sha256(challenge.Challenge.AsSpan()), audit.Records[1].Challenge);
        Assert.False(audit.Records[1].Evidence.IsEmpty);
        Assert.Equal(Digest.Sha256(TestEnclave.Policy.ToJson()), audit.Records[1].Policy);
        Assert.Contains(broker.Telemetry, e => e is { Kind: TelemetryKind.Release, Outcome: TelemetryOutcome.Ok, Value: 1 });
    }

    [Fact]
    public async Task A_challenge_names_key_broker_and_a_time_within_a_minute()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();

        var challenge = await broker.ChallengeAsync();

        Assert.Equal((TestBroker.KeyId, TestBroker.Name), (challenge.KeyId, challenge.Broker));
        Assert.Equal(60_000, challenge.Expires - broker.Time.GetUtcNow().ToUnixTimeMilliseconds());
        Assert.NotEqual(challenge.Challenge, (await broker.ChallengeAsync()).Challenge);
    }

    [Fact]
    public async Task The_wrapped_key_opens_for_no_other_challenge_and_no_other_manifest()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        using var enclave = new TestEnclave();
        var (challenge, response) = await broker.AskAsync(enclave);
        var wrapped = await TestBroker.ReadKeyAsync(response);

        Assert.Throws<SealedMessageException>(() => enclave.Open(wrapped, challenge with { Broker = "another" }));
        Assert.Throws<SealedMessageException>(() => enclave.Open(wrapped, challenge with { KeyId = "another" }));
        Assert.Throws<SealedMessageException>(() => enclave.Open(wrapped, challenge with { Challenge = [.. new byte[32]] }));
        using var other = new TestEnclave();
        Assert.Throws<SealedMessageException>(() => other.Open(wrapped, challenge));
    }

    [Fact]
    public async Task Refuses_another_image_and_names_the_register()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        var other = new Measurement(SHA384.HashData("another image"u8));
        using var enclave = new TestEnclave { RunningImage = other };

        var (_, response) = await broker.AskAsync(enclave);

        var problem = await TestBroker.RefusedAsync(response, 403, KeyBrokerCodes.EvidenceRefused);
        var check = Assert.Single(problem.GetProperty("checks").EnumerateArray());
        Assert.Equal(NitroCodes.RegisterMismatch, check.GetProperty("code").GetString());
        Assert.Equal("register 0", check.GetProperty("name").GetString());
        Assert.Equal("fail", check.GetProperty("outcome").GetString());
        Assert.Equal(TestEnclave.Image.ToString(), check.GetProperty("expected").GetString());
        Assert.Equal(other.ToString(), check.GetProperty("actual").GetString());
        var record = broker.Admin.Audit(TestBroker.KeyId).Records[^1];
        Assert.Equal((AuditDecision.Refused, KeyBrokerCodes.EvidenceRefused), (record.Decision, record.Code));
        Assert.Equal([NitroCodes.RegisterMismatch], record.Reasons);
    }

    [Fact]
    public async Task Refuses_another_model()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        using var enclave = new TestEnclave { LoadedManifest = "another manifest"u8.ToArray() };

        var (_, response) = await broker.AskAsync(enclave);

        Assert.Equal([BundleCodes.Model], TestBroker.FailedChecks(await TestBroker.RefusedAsync(response, 403, KeyBrokerCodes.EvidenceRefused)));
    }

    [Fact]
    public async Task Lists_every_failed_check()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        using var enclave = new TestEnclave { LoadedManifest = [1], RunningImage = new Measurement(SHA384.HashData("x"u8)), Age = TimeSpan.FromHours(2) };

        var (_, response) = await broker.AskAsync(enclave);

        Assert.Equal([NitroCodes.TooOld, NitroCodes.RegisterMismatch, BundleCodes.Model], TestBroker.FailedChecks(await TestBroker.RefusedAsync(response, 403, KeyBrokerCodes.EvidenceRefused)));
    }

    [Fact]
    public async Task Refuses_evidence_under_another_root()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        using var enclave = new TestEnclave { Root = new DevelopmentRoot() };

        var (_, response) = await broker.AskAsync(enclave);

        Assert.Contains(NitroCodes.TrustAnchor, TestBroker.FailedChecks(await TestBroker.RefusedAsync(response, 403, KeyBrokerCodes.EvidenceRefused)));
    }

    [Fact]
    public async Task Refuses_evidence_made_for_serving()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        using var enclave = new TestEnclave { Purpose = Purpose.Serve };

        var (_, response) = await broker.AskAsync(enclave);

        Assert.Equal([NitroCodes.UserData, BundleCodes.Purpose], TestBroker.FailedChecks(await TestBroker.RefusedAsync(response, 403, KeyBrokerCodes.EvidenceRefused)));
    }

    [Fact]
    public async Task Refuses_evidence_made_for_another_challenge()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        using var enclave = new TestEnclave();
        var first = await broker.ChallengeAsync();
        var second = await broker.ChallengeAsync();

        var response = await broker.PostAsync(second, enclave.Answer(first, broker.Time.GetUtcNow()));

        Assert.Equal([NitroCodes.Nonce, NitroCodes.UserData], TestBroker.FailedChecks(await TestBroker.RefusedAsync(response, 403, KeyBrokerCodes.EvidenceRefused)));
    }

    [Fact]
    public async Task Refuses_a_keyset_that_the_evidence_does_not_bind()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        using var enclave = new TestEnclave();
        using var thief = new TestEnclave();
        var challenge = await broker.ChallengeAsync();
        var bundle = enclave.Answer(challenge, broker.Time.GetUtcNow());
        bundle = bundle with { Keyset = bundle.Keyset with { Sealing = [bundle.Keyset.Sealing[0] with { PublicKey = [.. thief.Key.PublicKey.Bytes] }] } };

        var response = await broker.PostAsync(challenge, bundle);

        Assert.Equal([NitroCodes.UserData], TestBroker.FailedChecks(await TestBroker.RefusedAsync(response, 403, KeyBrokerCodes.EvidenceRefused)));
    }

    [Fact]
    public async Task Refuses_two_sealing_keys()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        using var second = new TestEnclave();
        using var enclave = new TestEnclave
        {
            Twist = keyset => keyset with { Sealing = [keyset.Sealing[0], new SealingKey { Id = 2, Suites = [Suites.P256Aes256Gcm], PublicKey = [.. second.Key.PublicKey.Bytes] }] },
        };

        var (_, response) = await broker.AskAsync(enclave);

        await TestBroker.RefusedAsync(response, 403, KeyBrokerCodes.SuiteNotAllowed);
    }

    [Fact]
    public async Task Refuses_a_suite_that_the_policy_does_not_name()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        using var enclave = new TestEnclave(Suites.P256ChaCha20Poly1305);

        var (_, response) = await broker.AskAsync(enclave);

        Assert.Equal([BundleCodes.Suites], TestBroker.FailedChecks(await TestBroker.RefusedAsync(response, 403, KeyBrokerCodes.EvidenceRefused)));
    }

    [Fact]
    public async Task Takes_the_suite_that_the_policy_prefers()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy with { Suites = [Suites.P256ChaCha20Poly1305, Suites.P256Aes256Gcm] }).Dispose();
        using var enclave = new TestEnclave { Twist = keyset => keyset with { Sealing = [keyset.Sealing[0] with { Suites = [Suites.P256Aes256Gcm, Suites.P256ChaCha20Poly1305] }] } };

        var (challenge, response) = await broker.AskAsync(enclave);

        var wrapped = await TestBroker.ReadKeyAsync(response);
        Assert.Equal(Suites.P256ChaCha20Poly1305, wrapped.Suite);
        enclave.Open(wrapped, challenge).Dispose();
    }

    [Theory]
    [InlineData(Suites.P256Aes256Gcm, 65)]
    [InlineData(Suites.X25519Aes256Gcm, 32)]
    [InlineData(Suites.P256Aes256Gcm, 32)]
    public async Task Refuses_a_public_key_that_is_none(string suite, int length)
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        using var enclave = new TestEnclave(suite) { Twist = keyset => keyset with { Sealing = [keyset.Sealing[0] with { PublicKey = [.. new byte[length]] }] } };

        var (_, response) = await broker.AskAsync(enclave);

        await TestBroker.RefusedAsync(response, 403, KeyBrokerCodes.SealingKeyInvalid);
        Assert.Equal(KeyBrokerCodes.SealingKeyInvalid, broker.Admin.Audit(TestBroker.KeyId).Records[^1].Code);
        Assert.True(broker.Admin.Audit().Intact);
    }

    [Fact]
    public async Task A_policy_without_registers_denies()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy with { Registers = ImmutableSortedDictionary<int, ImmutableArray<Measurement>>.Empty }).Dispose();
        using var enclave = new TestEnclave();

        var (_, response) = await broker.AskAsync(enclave);

        Assert.Equal([AttestationCodes.PolicyPinsNoCode], TestBroker.FailedChecks(await TestBroker.RefusedAsync(response, 403, KeyBrokerCodes.PolicyNamesNoCode)));
    }

    [Theory]
    [InlineData(18)]
    [InlineData(8)]
    [InlineData(0)]
    public async Task A_policy_that_names_only_a_register_without_code_denies(int register)
    {
        await using var broker = await TestBroker.StartAsync();
        var registers = ImmutableSortedDictionary<int, ImmutableArray<Measurement>>.Empty.Add(register, [Measurement.Zero(48)]);
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy with { Registers = registers }).Dispose();
        using var enclave = new TestEnclave();

        var (_, response) = await broker.AskAsync(enclave);

        await TestBroker.RefusedAsync(response, 403, KeyBrokerCodes.PolicyNamesNoCode);
    }

    [Fact]
    public async Task A_policy_without_an_engine_configuration_denies()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy with { Engine = [] }).Dispose();
        using var enclave = new TestEnclave();

        var (_, response) = await broker.AskAsync(enclave);

        await TestBroker.RefusedAsync(response, 403, KeyBrokerCodes.PolicyNamesNoEngine);
    }

    [Fact]
    public async Task A_policy_without_a_model_denies()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy with { Model = [] }).Dispose();
        using var enclave = new TestEnclave();

        var (_, response) = await broker.AskAsync(enclave);

        Assert.Equal([BundleCodes.Model], TestBroker.FailedChecks(await TestBroker.RefusedAsync(response, 403, KeyBrokerCodes.PolicyNamesNoModel)));
        Assert.Equal(KeyBrokerCodes.PolicyNamesNoModel, broker.Admin.Audit(TestBroker.KeyId).Records[^1].Code);
    }

    [Fact]
    public async Task A_granted_policy_decides_the_next_release()
    {
        await using var broker = await TestBroker.StartAsync();
        using var dataKey = broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy with { Model = [new Measurement(SHA384.HashData("old model"u8))] });
        using var enclave = new TestEnclave();
        var (_, before) = await broker.AskAsync(enclave);
        await TestBroker.RefusedAsync(before, 403, KeyBrokerCodes.EvidenceRefused);

        Assert.Equal(2, broker.Admin.Grant(TestBroker.KeyId, TestEnclave.Policy));
        var (challenge, after) = await broker.AskAsync(enclave);

        using var opened = enclave.Open(await TestBroker.ReadKeyAsync(after), challenge);
        Assert.Equal(KeyCommitment.Compute(dataKey), KeyCommitment.Compute(opened));
        Assert.Equal([1L, 1, 2, 2], broker.Admin.Audit(TestBroker.KeyId).Records.Select(record => record.KeyVersion));
    }

    [Fact]
    public async Task A_revoked_key_is_gone_even_for_a_challenge_issued_before()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        using var enclave = new TestEnclave();
        var challenge = await broker.ChallengeAsync();

        broker.Admin.Revoke(TestBroker.KeyId);

        await TestBroker.RefusedAsync(await broker.PostAsync(challenge, enclave.Answer(challenge, broker.Time.GetUtcNow())), 410, KeyBrokerCodes.KeyRevoked);
        await TestBroker.RefusedAsync(await broker.Client.PostAsync($"/v1/keys/{TestBroker.KeyId}/challenge", null), 410, KeyBrokerCodes.KeyRevoked);
        Assert.Equal([AuditDecision.Created, AuditDecision.Revoked, AuditDecision.Refused], broker.Admin.Audit(TestBroker.KeyId).Records.Select(record => record.Decision));
    }

    [Fact]
    public async Task A_hundred_enclaves_at_once_each_get_the_key_and_each_is_recorded()
    {
        await using var broker = await TestBroker.StartAsync();
        using var dataKey = broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy);
        var expected = KeyCommitment.Compute(dataKey);

        await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
        {
            using var enclave = new TestEnclave();
            var (challenge, response) = await broker.AskAsync(enclave);
            using var opened = enclave.Open(await TestBroker.ReadKeyAsync(response), challenge);
            Assert.Equal(expected, KeyCommitment.Compute(opened));
        }));

        var audit = broker.Admin.Audit();
        Assert.True(audit.Intact);
        Assert.Equal(100, audit.Records.Count(record => record.Decision == AuditDecision.Released));
        Assert.Equal(100, audit.Records.Where(record => record.Decision == AuditDecision.Released).Select(record => record.Challenge).Distinct().Count());
    }

    [Fact]
    public async Task A_restart_keeps_keys_and_forgets_challenges()
    {
        using var folder = new TestFolder();
        var first = await TestBroker.StartAsync(folder);
        using var dataKey = first.Admin.Create(TestBroker.KeyId, TestEnclave.Policy);
        using var enclave = new TestEnclave();
        var old = await first.ChallengeAsync();
        await first.StopAsync();

        var second = await TestBroker.StartAsync(folder, first.Time);
        var late = await second.PostAsync(old, enclave.Answer(old, second.Time.GetUtcNow()));
        var (challenge, response) = await second.AskAsync(enclave);
        using var opened = enclave.Open(await TestBroker.ReadKeyAsync(response), challenge);
        var intact = second.Admin.Audit().Intact;
        await second.StopAsync();

        await TestBroker.RefusedAsync(late, 409, KeyBrokerCodes.ChallengeUnknown);
        Assert.Equal(KeyCommitment.Compute(dataKey), KeyCommitment.Compute(opened));
        Assert.True(intact);
    }

    [Fact]
    public async Task Neither_log_nor_telemetry_nor_answer_holds_what_the_request_carried()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        using var enclave = new TestEnclave();
        await broker.AskAsync(enclave);
        var marker = System.Text.Encoding.UTF8.GetBytes("{\"challenge\":\"marker-in-request\"}");
        var answer = await (await broker.PostAsync(marker)).Content.ReadAsStringAsync();
        await broker.Client.PostAsync("/v1/keys/marker-in-path/challenge", null);

        Assert.NotEmpty(broker.Messages);
        Assert.All(broker.Messages, message => Assert.DoesNotContain("marker", message, StringComparison.Ordinal));
        Assert.DoesNotContain("marker", answer, StringComparison.Ordinal);
        Assert.All(broker.Telemetry, e => Assert.Equal((Hop.Broker, TelemetryEvent.NoCorrelation), (e.Hop, e.Correlation)));
    }
}
