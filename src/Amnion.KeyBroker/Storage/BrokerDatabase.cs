using Microsoft.Data.Sqlite;

namespace Amnion.KeyBroker.Storage;

/// <summary>
/// The broker's one SQLite file: schema, pragmas and transactions. One connection behind one lock; other processes (the command
/// line beside a running broker) are kept apart by SQLite's own locks.
/// </summary>
sealed class BrokerDatabase : IDisposable
{
    public const string FileName = "broker.db";

    /// <summary>Version of the tables, in PRAGMA user_version.</summary>
    public const int SchemaVersion = 2;

    // "AmKB": tells this file from other SQLite files (PRAGMA application_id).
    const int ApplicationId = 0x416d4b42;

    // Another process holds the write lock for one transaction: milliseconds, or seconds while a root key is replaced.
    const int BusyTimeoutMs = 15_000;

    const string Schema = """
        CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE keys(id TEXT PRIMARY KEY, wrapped BLOB NOT NULL, policy BLOB NOT NULL, state INTEGER NOT NULL, created INTEGER NOT NULL, version INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE audit(seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, key_id TEXT NOT NULL, version INTEGER NOT NULL, decision TEXT NOT NULL, code TEXT NOT NULL, reasons TEXT NOT NULL,
            policy TEXT NOT NULL, evidence TEXT NOT NULL, challenge TEXT NOT NULL, prev_hash BLOB NOT NULL, hash BLOB NOT NULL) STRICT;
        CREATE INDEX audit_key ON audit(key_id, seq);
        CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        """;

    // Added by version 2.
    const string ConfigurationSchema = """
        CREATE TABLE configuration(id INTEGER PRIMARY KEY CHECK(id = 1), version INTEGER NOT NULL, content BLOB NOT NULL, signer BLOB NOT NULL, wrapped BLOB NOT NULL) STRICT;
        """;

    readonly Lock _gate = new();
    readonly SqliteConnection _connection;

    BrokerDatabase(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens the file in <paramref name="directory"/>, creating it with mode 0600; <paramref name="initialize"/> runs once, in the transaction that creates the tables.</summary>
    public static BrokerDatabase Open(string directory, Action<BrokerTransaction> initialize)
    {
        SqliteLibrary.Load();
        var path = Path.Combine(directory, FileName);
        PrivateFiles.EnsureFile(path);
        var settings = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false };
        var database = new BrokerDatabase(new SqliteConnection(settings.ToString()));
        try
        {
            database.Initialize(initialize);
            return database;
        }
        catch // boundary: cleans up and throws again
        {
            database.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _connection.Dispose();
        }
    }

    /// <summary>Runs <paramref name="work"/> holding the write lock; everything it wrote is durable once this returns, or none of it if it throws.</summary>
    public T Write<T>(Func<BrokerTransaction, T> work)
    {
        lock (_gate)
        {
            try
            {
                // Not deferred: the lock is taken before the first read, so what was read cannot change until commit.
                using var transaction = _connection.BeginTransaction(deferred: false);
                var result = work(new BrokerTransaction(_connection, transaction));
                transaction.Commit();
                return result;
            }
            catch (SqliteException e)
            {
                throw Failed(e);
            }
        }
    }

    /// <summary>Runs <paramref name="work"/> on one consistent state without blocking writers.</summary>
    public T Read<T>(Func<BrokerTransaction, T> work)
    {
        lock (_gate)
        {
            try
            {
                using var transaction = _connection.BeginTransaction(deferred: true);
                return work(new BrokerTransaction(_connection, transaction));
            }
            catch (SqliteException e)
            {
                throw Failed(e);
            }
        }
    }

    /// <summary>Empties the write-ahead log, so that erased keys do not stay in it. Best effort: a reader in another process defers it.</summary>
    public void Checkpoint()
    {
        lock (_gate)
        {
            try
            {
                Execute("PRAGMA wal_checkpoint(TRUNCATE)");
            }
            catch (SqliteException e)
            {
                throw Failed(e);
            }
        }
    }

    void Initialize(Action<BrokerTransaction> initialize)
    {
        lock (_gate)
        {
            try
            {
                _connection.Open();
                Execute($"PRAGMA busy_timeout={BusyTimeoutMs}");
                Execute("PRAGMA journal_mode=WAL");
                // FULL: a released key whose audit record a power failure took back would be an unrecorded release.
                Execute("PRAGMA synchronous=FULL");
                // Erased keys are overwritten and not just unlinked.
                Execute("PRAGMA secure_delete=ON");
                Execute("PRAGMA trusted_schema=OFF");
                Execute("PRAGMA cell_size_check=ON");
            }
            catch (SqliteException e)
            {
                throw Failed(e);
            }
        }

        Write(transaction =>
        {
            var version = transaction.Scalar<long>("PRAGMA user_version");
            var application = transaction.Scalar<long>("PRAGMA application_id");
            if (version == 0 && application == 0 && transaction.Scalar<long>("SELECT count(*) FROM sqlite_schema") == 0)
            {
                transaction.Execute(Schema + ConfigurationSchema);
                transaction.Execute($"PRAGMA application_id={ApplicationId}");
                transaction.Execute($"PRAGMA user_version={SchemaVersion}");
                initialize(transaction);
                return 0;
            }

            if (version == 1 && application == ApplicationId)
            {
                transaction.Execute(ConfigurationSchema);
                version = SchemaVersion;
                transaction.Execute($"PRAGMA user_version={SchemaVersion}");
            }

            return version == SchemaVersion && application == ApplicationId
                ? 0
                : throw new KeyBrokerException(KeyBrokerCodes.StorageFailed, $"'{FileName}' has schema version {version} of application 0x{application:x}; this broker reads version {SchemaVersion} of 0x{ApplicationId:x}");
        });
    }

    void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    // SQLite's messages name tables and constraints, never values.
    static KeyBrokerException Failed(SqliteException e) => new(KeyBrokerCodes.StorageFailed, $"the database failed: {e.Message}", e);
}
