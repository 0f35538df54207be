using Amnion.KeyBroker.Audit;

namespace Amnion.KeyBroker.Tests;

public sealed class AuditTests
{
    const string Unlock = "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; ";

    [Fact]
    public void The_log_holds_every_change_in_order_and_filters_by_key()
    {
        using var folder = new TestFolder();
        using var store = Filled(folder);
        var all = store.Audit();

        Assert.Equal([1L, 2, 3, 4, 5], all.Records.Select(record => record.Sequence));
        Assert.Equal([AuditDecision.Created, AuditDecision.Created, AuditDecision.Granted, AuditDecision.Revoked, AuditDecision.RootRotated], all.Records.Select(record => record.Decision));
        Assert.True(all.Intact);
        Assert.Null(all.Code);
        var one = store.Audit("a");
        Assert.Equal([1L, 3], one.Records.Select(record => record.Sequence));
        Assert.Equal(5, one.Total);
        Assert.Equal(all.Records[1].Hash, all.Records[2].Previous);
    }

    [Theory]
    [InlineData("UPDATE audit SET code = 'x' WHERE seq = 2")]
    [InlineData("DELETE FROM audit WHERE seq = 5")]
    public void The_database_itself_refuses_to_alter_the_log(string sql)
    {
        using var folder = new TestFolder();
        using var store = Filled(folder);
        var failure = Assert.Throws<Microsoft.Data.Sqlite.SqliteException>(() => StorageTests.Sql(folder, sql));
        Assert.Contains("append-only", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UPDATE audit SET code = 'x' WHERE seq = 2")]
    [InlineData("UPDATE audit SET time = time + 1 WHERE seq = 1")]
    [InlineData("UPDATE audit SET key_id = 'b' WHERE seq = 1")]
    [InlineData("UPDATE audit SET version = 7 WHERE seq = 3")]
    [InlineData("UPDATE audit SET decision = 'Released' WHERE seq = 3")]
    [InlineData("UPDATE audit SET decision = '0' WHERE seq = 1")]
    [InlineData("UPDATE audit SET decision = 'nonsense' WHERE seq = 3")]
    [InlineData("UPDATE audit SET policy = 'sha256:00' WHERE seq = 3")]
    [InlineData("UPDATE audit SET evidence = policy WHERE seq = 3")]
    [InlineData("UPDATE audit SET reasons = 'AMN-X' WHERE seq = 3")]
    [InlineData("UPDATE audit SET prev_hash = zeroblob(32) WHERE seq = 3")]
    [InlineData("UPDATE audit SET hash = zeroblob(32) WHERE seq = 3")]
    [InlineData("UPDATE audit SET hash = zeroblob(3) WHERE seq = 3")]
    [InlineData("UPDATE audit SET time = 9223372036854775807 WHERE seq = 3")]
    [InlineData("DELETE FROM audit WHERE seq = 2")]
    [InlineData("DELETE FROM audit WHERE seq = 1")]
    [InlineData("DELETE FROM audit")]
    [InlineData("UPDATE audit SET seq = 9 WHERE seq = 5")]
    [InlineData("UPDATE meta SET value = zeroblob(32) WHERE name = 'audit_seal'")]
    public void Every_alteration_is_found(string sql)
    {
        using var folder = new TestFolder();
        using var store = Filled(folder);
        StorageTests.Sql(folder, Unlock + sql);

        var report = store.Audit();

        Assert.False(report.Intact);
        Assert.NotEmpty(report.Problems);
        Assert.Equal(KeyBrokerCodes.AuditBroken, report.Code);
    }

    [Fact]
    public void A_log_cut_short_is_found_and_nothing_is_released_or_changed_any_more()
    {
        using var folder = new TestFolder();
        using var store = Filled(folder);
        StorageTests.Sql(folder, Unlock + "DELETE FROM audit WHERE seq = 5");

        Assert.Contains("not the last one", Assert.Single(store.Audit().Problems), StringComparison.Ordinal);
        KeyStoreTests.Refuses(KeyBrokerCodes.AuditBroken, () => store.Grant("a", TestEnclave.Policy));
    }

    [Fact]
    public async Task A_broker_with_a_broken_log_fails_closed()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        StorageTests.Sql(broker.Folder, Unlock + "UPDATE audit SET hash = zeroblob(32)");
        using var enclave = new TestEnclave();

        var (_, response) = await broker.AskAsync(enclave);

        await TestBroker.RefusedAsync(response, 500, KeyBrokerCodes.InternalError);
        Assert.Contains(broker.Messages, message => message.Contains(KeyBrokerCodes.AuditBroken, StringComparison.Ordinal));
    }

    [Fact]
    public void An_older_row_put_back_is_found()
    {
        using var folder = new TestFolder();
        using var store = folder.Open();
        store.Create("a", TestEnclave.Policy with { DangerousAllowDebug = true }).Dispose();
        StorageTests.Sql(folder, "CREATE TABLE old AS SELECT * FROM keys");
        store.Grant("a", TestEnclave.Policy);
        StorageTests.Sql(folder, "DELETE FROM keys; INSERT INTO keys SELECT * FROM old; DROP TABLE old");

        Assert.Contains("'a'", Assert.Single(store.Audit().Problems), StringComparison.Ordinal);
    }

    static KeyStore Filled(TestFolder folder)
    {
        var store = folder.Open();
        store.Create("a", TestEnclave.Policy).Dispose();
        store.Create("b", TestEnclave.Policy).Dispose();
        store.Grant("a", TestEnclave.Policy);
        store.Revoke("b");
        store.RotateRootKey();
        return store;
    }
}
