using Amnion.KeyBroker.Storage;
using Amnion.Sealing;
using Microsoft.Data.Sqlite;

namespace Amnion.KeyBroker.Tests;

/// <summary>What stands on disk: permissions, altered rows, and every state a crash can leave.</summary>
public sealed class StorageTests
{
    [Fact]
    public void Only_the_owner_can_read_what_is_created()
    {
        using var folder = new TestFolder();
        using var store = folder.Open();
        store.Create("a", TestEnclave.Policy).Dispose();
        Assert.Equal(32, new FileInfo(folder.RootKey).Length);
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("File modes are Unix's.");
            return;
        }

        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(folder.Directory));
        foreach (var file in Directory.EnumerateFiles(folder.Directory))
        {
            Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public void Files_that_others_can_read_are_refused()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("File modes are Unix's.");
            return;
        }

        using var folder = new TestFolder();
        folder.Open().Dispose();
        foreach (var (path, mode) in new[] { (folder.RootKey, 0b110_000_000), (folder.Database, 0b110_000_000), (folder.Directory, 0b111_000_000) })
        {
            File.SetUnixFileMode(path, (UnixFileMode)(mode | 0b100_000));
            KeyStoreTests.Refuses(KeyBrokerCodes.PermissionsTooWide, () => folder.Open().Dispose());
            File.SetUnixFileMode(path, (UnixFileMode)mode);
        }

        folder.Open().Dispose();
    }

    [Fact]
    public void A_missing_library_names_its_package()
    {
        var failure = Assert.Throws<KeyBrokerException>(() => SqliteLibrary.Load("libsqlite3-absent.so.0"));
        Assert.Equal(KeyBrokerCodes.SqliteMissing, failure.Code);
        Assert.Contains("apt install libsqlite3-0", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_database_or_another_programs_is_refused()
    {
        using var folder = new TestFolder();
        PrivateFiles.EnsureDirectory(folder.Directory);
        PrivateFiles.EnsureFile(folder.Database);
        File.WriteAllText(folder.Database, new string('x', 8192));
        KeyStoreTests.Refuses(KeyBrokerCodes.StorageFailed, () => folder.Open().Dispose());

        using var foreign = new TestFolder();
        foreign.Open().Dispose();
        Sql(foreign, "PRAGMA user_version=3");
        KeyStoreTests.Refuses(KeyBrokerCodes.StorageFailed, () => foreign.Open().Dispose());
    }

    [Theory]
    [InlineData("UPDATE keys SET policy = (SELECT policy FROM keys WHERE id = 'weak') WHERE id = 'strong'")]
    [InlineData("UPDATE keys SET wrapped = (SELECT wrapped FROM keys WHERE id = 'weak') WHERE id = 'strong'")]
    [InlineData("UPDATE keys SET version = 2 WHERE id = 'strong'")]
    [InlineData("UPDATE keys SET wrapped = zeroblob(60) WHERE id = 'strong'")]
    [InlineData("UPDATE keys SET wrapped = zeroblob(4) WHERE id = 'strong'")]
    public void An_altered_row_does_not_open(string sql)
    {
        using var folder = new TestFolder();
        using var store = folder.Open();
        store.Create("strong", TestEnclave.Policy).Dispose();
        store.Create("weak", TestEnclave.Policy with { DangerousAllowDebug = true }).Dispose();
        Sql(folder, sql);

        KeyStoreTests.Refuses(KeyBrokerCodes.KeyDamaged, () => store.Grant("strong", TestEnclave.Policy));
        KeyStoreTests.Refuses(KeyBrokerCodes.KeyDamaged, () => store.RotateRootKey());
        store.Grant("weak", TestEnclave.Policy);
    }

    [Theory]
    [InlineData("UPDATE keys SET policy = CAST('{}' AS BLOB)")]
    [InlineData("UPDATE keys SET policy = CAST(replace(CAST(policy AS TEXT), 'max_age_seconds\":300', 'max_age_seconds\":301') AS BLOB)")]
    [InlineData("UPDATE keys SET wrapped = zeroblob(60)")]
    [InlineData("UPDATE keys SET version = 2")]
    public async Task An_altered_row_is_not_released_and_the_attempt_is_recorded(string sql)
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        Sql(broker.Folder, sql);
        using var enclave = new TestEnclave();

        var (_, response) = await broker.AskAsync(enclave);

        await TestBroker.RefusedAsync(response, 500, KeyBrokerCodes.KeyDamaged);
        Assert.Equal(KeyBrokerCodes.KeyDamaged, broker.Admin.Audit().Records[^1].Code);
    }

    [Fact]
    public async Task Many_processes_may_create_the_same_store_at_once()
    {
        using var folder = new TestFolder();
        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Factory.StartNew(
            () => folder.Open(), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        for (var i = 0; i < stores.Length; i++)
        {
            stores[i].Create($"k{i}", TestEnclave.Policy).Dispose();
        }

        Assert.True(stores[0].Audit().Intact);
        Assert.Equal(8, stores[7].Audit().Total);
        Array.ForEach(stores, store => store.Dispose());
    }

    [Fact]
    public void A_revoked_row_set_active_again_does_not_open()
    {
        using var folder = new TestFolder();
        using var store = folder.Open();
        store.Create("a", TestEnclave.Policy).Dispose();
        store.Revoke("a");
        Sql(folder, "UPDATE keys SET state = 0");

        KeyStoreTests.Refuses(KeyBrokerCodes.KeyDamaged, () => store.Grant("a", TestEnclave.Policy));
        Assert.False(store.Audit().Intact);
    }

    [Fact]
    public void A_crash_in_the_middle_of_a_change_leaves_the_state_before_it()
    {
        using var folder = new TestFolder();
        using var store = folder.Open();
        using var key = store.Create("a", TestEnclave.Policy);
        using var connection = Connect(folder);
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "UPDATE keys SET version = 9; DELETE FROM meta";
        command.ExecuteNonQuery();

        using var after = folder.Crash();
        using var reopened = after.Open();

        Assert.Equal(1, reopened.List().Single().Version);
        Assert.True(reopened.Audit().Intact);
        AssertHolds(reopened, "a", key);
    }

    [Fact]
    public void A_crash_after_a_change_keeps_it()
    {
        using var folder = new TestFolder();
        using var store = folder.Open();
        using var key = store.Create("a", TestEnclave.Policy);
        store.Grant("a", TestEnclave.Policy);

        // Copied while open: the change stands in the write-ahead log alone.
        using var after = folder.Crash();
        using var reopened = after.Open();

        Assert.Equal(2, reopened.List().Single().Version);
        AssertHolds(reopened, "a", key);
    }

    [Fact]
    public void A_failing_release_records_nothing_and_a_failing_record_releases_nothing()
    {
        using var folder = new TestFolder();
        using var store = folder.Open();
        store.Create("a", TestEnclave.Policy).Dispose();
        var row = store.Find("a")!;
        var entry = new Audit.AuditEntry(Audit.AuditDecision.Released, "a", 1, row.PolicyDigest);

        Assert.Throws<InvalidOperationException>(() => store.Release<object>(row, entry, _ => throw new InvalidOperationException("the wrap failed")));
        Assert.Equal(1, store.Audit().Total);

        Sql(folder, "UPDATE meta SET value = zeroblob(32) WHERE name = 'audit_seal'");
        KeyStoreTests.Refuses(KeyBrokerCodes.AuditBroken, () => store.Release(row, entry, _ => new object()));
    }

    [Fact]
    public void A_key_that_changed_since_the_decision_is_not_released()
    {
        using var folder = new TestFolder();
        using var store = folder.Open();
        store.Create("a", TestEnclave.Policy).Dispose();
        var row = store.Find("a")!;
        var entry = new Audit.AuditEntry(Audit.AuditDecision.Released, "a", 1, row.PolicyDigest);
        store.Grant("a", TestEnclave.Policy);
        Assert.Null(store.Release(row, entry, _ => new object()));
        store.Revoke("a");
        Assert.Null(store.Release(row, entry, _ => new object()));
        Assert.Equal(3, store.Audit().Total);
    }

    internal static SqliteConnection Connect(TestFolder folder)
    {
        var connection = new SqliteConnection($"Data Source={folder.Database};Pooling=False");
        connection.Open();
        return connection;
    }

    internal static void Sql(TestFolder folder, string sql)
    {
        using var connection = Connect(folder);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    internal static void AssertHolds(KeyStore store, string id, SecretBytes key)
    {
        var row = store.Find(id)!;
        var entry = new Audit.AuditEntry(Audit.AuditDecision.Released, id, row.Version, row.PolicyDigest);
        Assert.Equal(KeyCommitment.Compute(key), store.Release(row, entry, KeyCommitment.Compute));
    }
}
