using System.Net;
using Amnion.KeyBroker.Audit;
using Amnion.KeyBroker.Configuration;
using Amnion.Records;

namespace Amnion.KeyBroker.Tests;

/// <summary>Who may call: what the administrator changes, what the broker signs, and what a writer to the database cannot make it sign.</summary>
public sealed class ConfigurationTests
{
    static readonly Digest s_alice = Digest.Sha256("alice's key"u8);
    static readonly Digest s_bob = Digest.Sha256("bob's key"u8);

    [Fact]
    public async Task A_host_gets_the_release_and_the_signer_and_can_make_neither()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Tenants.Set("clinic", 60, 100_000);
        broker.Admin.Tenants.AddKey("clinic", s_alice);

        var signer = await SignerAsync(broker);
        var release = await FetchAsync(broker, signer);

        Assert.Equal(broker.Admin.Tenants.SignerDigest(), signer);
        var tenant = Assert.Single(release.Tenants);
        Assert.Equal(("clinic", 60, 100_000L), (tenant.Id, tenant.RequestsPerMinute, tenant.TokensPerHour));
        Assert.Equal([s_alice], tenant.KeyHashes);
        Assert.Equal(broker.Time.GetUtcNow().ToUnixTimeMilliseconds(), release.Issued);
        Assert.Equal(ConfigurationIssuer.Lifetime.TotalMilliseconds, release.Expires - release.Issued);
        Assert.Null(ConfigurationRelease.Verify(await broker.Client.GetByteArrayAsync("/v1/configuration"), Digest.Sha256("another signer"u8)));
    }

    [Fact]
    public async Task Without_tenants_there_is_a_release_that_admits_nobody()
    {
        await using var broker = await TestBroker.StartAsync();
        Assert.Empty((await FetchAsync(broker, await SignerAsync(broker))).Tenants);
    }

    [Fact]
    public async Task The_same_release_is_given_until_it_is_minutes_old_or_something_changed()
    {
        await using var broker = await TestBroker.StartAsync();
        var first = await broker.Client.GetByteArrayAsync("/v1/configuration");
        broker.Time.Advance(ConfigurationIssuer.RenewAfter - TimeSpan.FromMilliseconds(1));
        Assert.Equal(first, await broker.Client.GetByteArrayAsync("/v1/configuration"));
        broker.Time.Advance(TimeSpan.FromMilliseconds(1));
        var second = await broker.Client.GetByteArrayAsync("/v1/configuration");
        Assert.NotEqual(first, second);

        broker.Admin.Tenants.Set("clinic", 1, 1);
        var third = await broker.Client.GetByteArrayAsync("/v1/configuration");

        var signer = await SignerAsync(broker);
        long[] versions = [.. new[] { first, second, third }.Select(envelope => ConfigurationRelease.Verify(envelope, signer)!.Version)];
        Assert.True(versions[0] < versions[1] && versions[1] < versions[2]);
        Assert.Single(ConfigurationRelease.Verify(third, signer)!.Tenants);
        Assert.Equal(3, broker.Admin.Audit().Records.Count(record => record.Decision == AuditDecision.ConfigurationIssued));
    }

    [Fact]
    public async Task A_restart_a_clock_set_back_and_a_restored_backup_never_issue_a_version_again()
    {
        using var folder = new TestFolder();
        var time = new ManualTime();
        var seen = new List<long>();
        async Task IssueAsync(TestFolder where)
        {
            var broker = await TestBroker.StartAsync(where, time);
            seen.Add((await FetchAsync(broker, await SignerAsync(broker))).Version);
            await broker.StopAsync();
        }

        await IssueAsync(folder);
        await IssueAsync(folder);
        time.Advance(TimeSpan.FromDays(-1));
        await IssueAsync(folder);
        time.Advance(TimeSpan.FromDays(2));
        using var backup = folder.Crash();
        await IssueAsync(folder);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await IssueAsync(backup);

        Assert.Equal(seen.Distinct().Order(), seen);
    }

    [Fact]
    public void A_revoked_key_is_named_as_revoked_and_never_comes_back()
    {
        using var folder = new TestFolder();
        using var store = folder.Open();
        store.Tenants.Set("clinic", 1, 1);
        store.Tenants.AddKey("clinic", s_alice);
        store.Tenants.AddKey("clinic", s_bob);
        store.Tenants.RevokeKey(s_alice);

        var tenant = Assert.Single(store.Tenants.List());
        Assert.Equal([s_bob], tenant.KeyHashes);
        Assert.Equal([s_alice], tenant.RevokedKeyHashes);
        KeyStoreTests.Refuses(KeyBrokerCodes.ApiKeyExists, () => store.Tenants.AddKey("clinic", s_alice));
        KeyStoreTests.Refuses(KeyBrokerCodes.ApiKeyExists, () => store.Tenants.AddKey("clinic", s_bob));
        KeyStoreTests.Refuses(KeyBrokerCodes.TenantUnknown, () => store.Tenants.RevokeKey(s_alice));
    }

    [Fact]
    public void What_no_release_could_say_is_refused_and_changes_nothing()
    {
        using var folder = new TestFolder();
        using var store = folder.Open();
        store.Tenants.Set("clinic", 1, 1);
        var before = store.Audit().Total;
        foreach (var id in new[] { "", "Clinic", "a b", new string('a', 65) })
        {
            KeyStoreTests.Refuses(KeyBrokerCodes.TenantInvalid, () => store.Tenants.Set(id, 1, 1));
        }

        KeyStoreTests.Refuses(KeyBrokerCodes.TenantInvalid, () => store.Tenants.Set("clinic", -1, 1));
        KeyStoreTests.Refuses(KeyBrokerCodes.TenantInvalid, () => store.Tenants.Set("clinic", 1, 1_000_000_000_001));
        KeyStoreTests.Refuses(KeyBrokerCodes.TenantInvalid, () => store.Tenants.AddKey("clinic", Digest.Sha384("another length"u8)));
        KeyStoreTests.Refuses(KeyBrokerCodes.TenantUnknown, () => store.Tenants.AddKey("absent", s_alice));
        KeyStoreTests.Refuses(KeyBrokerCodes.TenantUnknown, () => store.Tenants.Remove("absent"));
        Assert.Equal(before, store.Audit().Total);
        Assert.Equal(1, Assert.Single(store.Tenants.List()).RequestsPerMinute);
    }

    [Fact]
    public void Every_change_and_the_signer_are_in_the_record()
    {
        using var folder = new TestFolder();
        using var store = folder.Open();
        store.Tenants.Set("clinic", 60, 1000);
        store.Tenants.AddKey("clinic", s_alice);
        store.Tenants.RevokeKey(s_alice);
        store.Tenants.Remove("clinic");
        _ = store.Tenants.Issue(ConfigurationIssuer.Lifetime);
        store.RotateRootKey();
        _ = store.Tenants.Issue(ConfigurationIssuer.Lifetime);

        var report = store.Audit(AuditRecord.Configuration);
        Assert.True(report.Intact, string.Join("; ", report.Problems));
        Assert.Equal(
            [AuditDecision.SignerCreated, AuditDecision.TenantSet, AuditDecision.ApiKeyAdded, AuditDecision.ApiKeyRevoked, AuditDecision.TenantRemoved, AuditDecision.ConfigurationIssued, AuditDecision.ConfigurationIssued],
            report.Records.Select(record => record.Decision));
        Assert.Equal(["clinic", "requests_per_minute=60", "tokens_per_hour=1000"], report.Records[1].Reasons);
        Assert.Equal(["clinic", s_alice.ToString()], report.Records[2].Reasons);
        Assert.Equal(report.Records.Select(record => record.KeyVersion).Distinct().Order(), report.Records.Select(record => record.KeyVersion));
    }

    [Theory]
    [InlineData("UPDATE configuration SET content = CAST(replace(CAST(content AS TEXT), 'requests_per_minute\":1', 'requests_per_minute\":9') AS BLOB)")]
    [InlineData("UPDATE configuration SET content = CAST('{}' AS BLOB)")]
    [InlineData("UPDATE configuration SET version = version + 1")]
    [InlineData("UPDATE configuration SET signer = zeroblob(91)")]
    [InlineData("UPDATE configuration SET wrapped = (SELECT wrapped FROM keys)")]
    [InlineData("UPDATE configuration SET wrapped = zeroblob(60)")]
    public async Task What_was_altered_in_the_database_is_never_signed_nor_published(string sql)
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create("a", TestEnclave.Policy).Dispose();
        broker.Admin.Tenants.Set("clinic", 1, 1);
        StorageTests.Sql(broker.Folder, sql);

        await TestBroker.RefusedAsync(await broker.Client.GetAsync(new Uri("/v1/configuration", UriKind.Relative)), 500, KeyBrokerCodes.KeyDamaged);
        await TestBroker.RefusedAsync(await broker.Client.GetAsync(new Uri("/v1/configuration/signer", UriKind.Relative)), 500, KeyBrokerCodes.KeyDamaged);
        KeyStoreTests.Refuses(KeyBrokerCodes.KeyDamaged, () => broker.Admin.Tenants.Set("clinic", 2, 2));
        KeyStoreTests.Refuses(KeyBrokerCodes.KeyDamaged, () => broker.Admin.Tenants.SignerDigest());
        KeyStoreTests.Refuses(KeyBrokerCodes.KeyDamaged, () => broker.Admin.Tenants.List());
    }

    [Fact]
    public void An_older_row_put_back_is_found_by_an_audit()
    {
        using var folder = new TestFolder();
        using var store = folder.Open();
        store.Tenants.Set("clinic", 1, 1);
        store.Tenants.AddKey("clinic", s_alice);
        StorageTests.Sql(folder, "CREATE TABLE old AS SELECT * FROM configuration");
        store.Tenants.RevokeKey(s_alice);
        Assert.True(store.Audit().Intact);
        StorageTests.Sql(folder, "DELETE FROM configuration; INSERT INTO configuration SELECT * FROM old; DROP TABLE old");
        Assert.False(store.Audit().Intact);
    }

    [Fact]
    public void A_store_of_the_first_schema_gets_the_new_table_and_keeps_its_keys()
    {
        using var folder = new TestFolder();
        using (var old = folder.Open())
        {
            old.Create("a", TestEnclave.Policy).Dispose();
        }

        StorageTests.Sql(folder, "DROP TABLE configuration; PRAGMA user_version=1");
        using var store = folder.Open();
        store.Tenants.Set("clinic", 1, 1);
        Assert.Equal("a", Assert.Single(store.List()).Id);
        Assert.True(store.Audit().Intact);
    }

    [Fact]
    public async Task Nobody_changes_tenants_over_the_network()
    {
        await using var broker = await TestBroker.StartAsync();
        foreach (var (method, path) in new[] { ("POST", "/v1/configuration"), ("PUT", "/v1/configuration"), ("DELETE", "/v1/configuration"), ("POST", "/v1/configuration/signer") })
        {
            using var response = await broker.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
            Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        }

        using var tenants = await broker.Client.PostAsync(new Uri("/v1/tenants", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.NotFound, tenants.StatusCode);
    }

    static async Task<Digest> SignerAsync(TestBroker broker) => ConfigurationSigner.Parse(await broker.Client.GetByteArrayAsync("/v1/configuration/signer")).Digest;

    static async Task<ConfigurationRelease> FetchAsync(TestBroker broker, Digest signer)
    {
        using var response = await broker.Client.GetAsync(new Uri("/v1/configuration", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.CacheControl?.NoStore);
        var release = ConfigurationRelease.Verify(await response.Content.ReadAsByteArrayAsync(), signer);
        Assert.NotNull(release);
        return release;
    }
}
