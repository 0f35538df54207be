using Amnion.Attestation;
using Amnion.KeyBroker.Audit;
using Amnion.KeyBroker.Configuration;
using Amnion.KeyBroker.Storage;
using Amnion.Records;
using Amnion.Sealing;

namespace Amnion.KeyBroker;

/// <summary>
/// The broker's keys, their policies and the audit log, in one directory. This is the administrator's interface: it works on the
/// files, beside a running broker or without one, and never over the network. Every change is audited in its own transaction.
/// </summary>
public sealed class KeyStore : IDisposable
{
    /// <summary>Longest name of a key, in characters: the limit of "amnion/challenge/1".</summary>
    public const int MaxNameLength = 128;

    /// <summary>Bytes of a data key.</summary>
    public const int KeyLength = RootKey.DataKeyLength;

    const string CheckName = "root_check";

    readonly TimeProvider _time;
    readonly RootKeyFile _file;
    readonly BrokerDatabase _database;
    RootKey _root;

    KeyStore(BrokerDatabase database, RootKeyFile file, RootKey root, TimeProvider time)
    {
        _database = database;
        _file = file;
        _root = root;
        _time = time;
        Tenants = new TenantRegistry(this, time);
    }

    /// <summary>Who may call, and the key that signs it.</summary>
    public TenantRegistry Tenants { get; }

    /// <summary>
    /// Opens the store in <paramref name="directory"/>, creating directory (0700), database and root key (0600) at first use.
    /// </summary>
    /// <param name="directory">The broker's directory.</param>
    /// <param name="rootKeyFile">A root key kept elsewhere: 32 raw bytes. It must exist; only the default one is generated.</param>
    /// <param name="time">The clock of the audit log; null takes the system's.</param>
    /// <exception cref="KeyBrokerException">SQLite or the root key is missing, permissions are too wide, or the database is not this broker's.</exception>
    public static KeyStore Open(string directory, string? rootKeyFile = null, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        directory = Path.GetFullPath(directory);
        PrivateFiles.EnsureDirectory(directory);
        var path = rootKeyFile is null ? Path.Combine(directory, RootKeyFile.DefaultName) : Path.GetFullPath(rootKeyFile);
        var file = new RootKeyFile(path);
        if (rootKeyFile is not null && !file.Exists && !file.IsBeingReplaced)
        {
            throw new KeyBrokerException(KeyBrokerCodes.RootKeyMissing, $"the root key '{path}' does not exist");
        }

        var database = BrokerDatabase.Open(directory, transaction =>
        {
            // The key is durable before the database that depends on it.
            using var root = file.Exists ? file.Load() : file.Generate();
            transaction.Execute($"INSERT INTO meta(name, value) VALUES('{CheckName}', $1)", root.Check.Bytes.ToArray());
            AuditLog.Initialize(transaction, root);
        });
        try
        {
            var root = database.Write(transaction => file.Settle(ReadCheck(transaction)));
            return new KeyStore(database, file, root, time ?? TimeProvider.System);
        }
        catch // boundary: cleans up and throws again
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Zeroes the root key and closes the database.</summary>
    public void Dispose()
    {
        _database.Dispose();
        _root.Dispose();
    }

    /// <summary>Creates a data key under a policy and hands it to the sealer, this once; afterwards only attested enclaves get it.</summary>
    /// <returns>The data key, 32 bytes. The caller disposes it.</returns>
    /// <exception cref="KeyBrokerException">The name is invalid or taken.</exception>
    public SecretBytes Create(string id, AppraisalPolicy policy)
    {
        var key = SecretBytes.Random(KeyLength);
        try
        {
            CreateWithKey(id, key, policy);
            return key;
        }
        catch // boundary: cleans up and throws again
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Stores a data key that the sealer made. The caller disposes its own.</summary>
    /// <exception cref="KeyBrokerException">The name is invalid or taken.</exception>
    /// <exception cref="ArgumentException">The key is not 32 bytes.</exception>
    public void CreateWithKey(string id, SecretBytes key, AppraisalPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(policy);
        if (key.Length != KeyLength)
        {
            throw new ArgumentException($"A data key is {KeyLength} bytes; got {key.Length}.", nameof(key));
        }

        RequireName(id);
        var json = policy.ToJson();
        Change(transaction =>
        {
            if (KeyTable.Find(transaction, id) is not null)
            {
                throw new KeyBrokerException(KeyBrokerCodes.KeyExists, $"the key '{id}' exists already");
            }

            var row = new KeyRow(id, [], json, KeyState.Active, _time.GetUtcNow(), 1);
            KeyTable.Insert(transaction, row with { Wrapped = _root.Wrap(key, row.Binding) });
            Append(transaction, new AuditEntry(AuditDecision.Created, id, row.Version, row.PolicyDigest));
            return 0;
        });
    }

    /// <summary>Replaces a key's policy; the next release is decided under it.</summary>
    /// <returns>The key's new version.</returns>
    /// <exception cref="KeyBrokerException">The key is unknown or revoked.</exception>
    public long Grant(string id, AppraisalPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var json = policy.ToJson();
        return Change(transaction =>
        {
            var old = RequireActive(transaction, id);
            var version = checked(old.Version + 1);
            using var key = _root.Unwrap(old.Wrapped, old.Binding);
            var row = new KeyRow(id, [], json, KeyState.Active, old.Created, version);
            KeyTable.Update(transaction, row with { Wrapped = _root.Wrap(key, row.Binding) });
            Append(transaction, new AuditEntry(AuditDecision.Granted, id, version, row.PolicyDigest));
            return version;
        });
    }

    /// <summary>
    /// Revokes a key for good: its wrapped form is erased, so what it sealed must be sealed anew under another key. Enclaves that
    /// hold it keep it until they stop, and copies of the directory made before still contain it.
    /// </summary>
    /// <exception cref="KeyBrokerException">The key is unknown or revoked already.</exception>
    public void Revoke(string id)
    {
        Change(transaction =>
        {
            var old = RequireActive(transaction, id);
            KeyTable.Update(transaction, new KeyRow(id, [], old.Policy, KeyState.Revoked, old.Created, old.Version));
            Append(transaction, new AuditEntry(AuditDecision.Revoked, id, old.Version, old.PolicyDigest));
            return 0;
        });
        _database.Checkpoint();
    }

    /// <summary>Replaces the root key and wraps every active key and the configuration signer anew. A running broker goes on with the new one.</summary>
    /// <returns>Number of data keys wrapped anew.</returns>
    /// <exception cref="KeyBrokerException">A stored key does not open; nothing is changed then.</exception>
    public int RotateRootKey()
    {
        var count = Change(transaction =>
        {
            // Durable beside the old one before the commit that makes it the valid one.
            using var next = _file.WriteNext();
            var active = KeyTable.All(transaction).Where(row => row.State == KeyState.Active).ToList();
            foreach (var row in active)
            {
                using var key = _root.Unwrap(row.Wrapped, row.Binding);
                KeyTable.Update(transaction, row with { Wrapped = next.Wrap(key, row.Binding) });
            }

            ConfigurationTable.Rewrap(transaction, _root, next);
            Append(transaction, new AuditEntry(AuditDecision.RootRotated, "", 0, default));
            AuditLog.Reseal(transaction, next);
            transaction.Execute($"UPDATE meta SET value = $1 WHERE name = '{CheckName}'", next.Check.Bytes.ToArray());
            return active.Count;
        });
        Change(_ => 0);
        _database.Checkpoint();
        return count;
    }

    /// <summary>Every key, by name.</summary>
    public IReadOnlyList<KeyDescription> List() => _database.Read(transaction => KeyTable.All(transaction).ConvertAll(row => new KeyDescription
    {
        Id = row.Id,
        State = row.State,
        Version = row.Version,
        Created = row.Created,
        Policy = [.. row.Policy],
    }));

    /// <summary>The audit log, of one key or of all, and whether it is whole.</summary>
    public AuditReport Audit(string? keyId = null) => Inspect(transaction =>
    {
        var (records, problems) = AuditLog.Verify(transaction, _root);
        foreach (var row in KeyTable.All(transaction))
        {
            // An older row put back would bring an older policy back; the log knows the newest.
            var last = records.LastOrDefault(record => record.KeyId == row.Id && record.Decision is AuditDecision.Created or AuditDecision.Granted or AuditDecision.Revoked);
            if (last is null || last.KeyVersion != row.Version || last.Policy != row.PolicyDigest || (last.Decision == AuditDecision.Revoked) != (row.State == KeyState.Revoked))
            {
                problems.Add($"the key '{row.Id}' is not in the state that the log last recorded");
            }
        }

        if (TenantRegistry.IsOther(transaction, records))
        {
            problems.Add("tenants and configuration version are not in the state that the log last recorded");
        }

        return new AuditReport
        {
            Records = [.. records.Where(record => keyId is null || record.KeyId == keyId)],
            Total = records.Count,
            Problems = [.. problems],
        };
    });

    /// <summary>The row, or null.</summary>
    internal KeyRow? Find(string id) => _database.Read(transaction => KeyTable.Find(transaction, id));

    internal long Count() => _database.Read(transaction => transaction.Scalar<long>("SELECT count(*) FROM keys"));

    /// <summary>Records a refusal.</summary>
    internal void Record(AuditEntry entry) => Change(transaction =>
    {
        Append(transaction, entry);
        return 0;
    });

    /// <summary>
    /// Opens the data key, lets <paramref name="wrap"/> seal it, zeroes it and records the release, all or nothing; null where the
    /// key is no longer what <paramref name="decided"/> was. The answer may leave only after this returned.
    /// </summary>
    internal T? Release<T>(KeyRow decided, AuditEntry entry, Func<SecretBytes, T> wrap)
        where T : class
        => Change(transaction =>
        {
            var row = KeyTable.Find(transaction, decided.Id);
            if (row is not { State: KeyState.Active } || row.Version != decided.Version || row.PolicyDigest != decided.PolicyDigest)
            {
                return null;
            }

            using var key = _root.Unwrap(row.Wrapped, row.Binding);
            var answer = wrap(key);
            Append(transaction, entry);
            return answer;
        });

    /// <summary>True for names a key can have.</summary>
    internal static bool IsName(string? id) =>
        id is { Length: > 0 and <= MaxNameLength } && char.IsAsciiLetterOrDigit(id[0]) && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    static void RequireName(string id)
    {
        if (!IsName(id))
        {
            throw new KeyBrokerException(KeyBrokerCodes.KeyNameInvalid, $"a key's name is 1 to {MaxNameLength} characters of [A-Za-z0-9._-] and starts with a letter or digit");
        }
    }

    static KeyRow RequireActive(BrokerTransaction transaction, string id)
    {
        RequireName(id);
        return KeyTable.Find(transaction, id) switch
        {
            null => throw new KeyBrokerException(KeyBrokerCodes.KeyUnknown, $"there is no key '{id}'"),
            { State: KeyState.Revoked } => throw new KeyBrokerException(KeyBrokerCodes.KeyRevoked, $"the key '{id}' is revoked"),
            var row => row,
        };
    }

    static Digest ReadCheck(BrokerTransaction transaction) => transaction.Scalar<byte[]>($"SELECT value FROM meta WHERE name = '{CheckName}'") is { Length: RootKey.Length } check
        ? Digest.FromBytes(check)
        : throw new KeyBrokerException(KeyBrokerCodes.StorageFailed, "the database's root key check is damaged");

    /// <summary>A write transaction under the root key that the database names, which another process may have replaced.</summary>
    internal T Change<T>(Func<BrokerTransaction, RootKey, T> work) => Change(transaction => work(transaction, _root));

    /// <summary>A read transaction that needs no root key.</summary>
    internal T Read<T>(Func<BrokerTransaction, T> work) => _database.Read(work);

    T Change<T>(Func<BrokerTransaction, T> work) => _database.Write(transaction =>
    {
        var check = ReadCheck(transaction);
        if (check != _root.Check)
        {
            var settled = _file.Settle(check);
            _root.Dispose();
            _root = settled;
        }

        return work(transaction);
    });

    /// <summary>A read transaction under the root key that the database names; it keeps no broker waiting, however long the log is.</summary>
    T Inspect<T>(Func<BrokerTransaction, T> work)
        where T : class
    {
        while (true)
        {
            Change(_ => 0);
            if (_database.Read(transaction => ReadCheck(transaction) == _root.Check ? work(transaction) : null) is { } result)
            {
                return result;
            }
        }
    }

    void Append(BrokerTransaction transaction, AuditEntry entry) => AuditLog.Append(transaction, _root, _time.GetUtcNow(), entry);
}
