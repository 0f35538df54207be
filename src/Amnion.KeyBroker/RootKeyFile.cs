using Amnion.KeyBroker.Storage;
using Amnion.Records;
using Amnion.Sealing;

namespace Amnion.KeyBroker;

/// <summary>
/// The root key's file, 32 raw bytes, mode 0600. While the root key is being replaced the new one stands beside it as ".next";
/// which of the two is valid is what the database says, so a crash at any step leaves a broker that opens.
/// </summary>
sealed class RootKeyFile(string path)
{
    public const string DefaultName = "root.key";

    readonly string _next = path + ".next";

    public bool Exists => File.Exists(path);

    /// <summary>True where a replacement was begun; the file itself may be absent for a moment.</summary>
    public bool IsBeingReplaced => File.Exists(_next);

    /// <summary>Writes a fresh key to the file. Used before the database is.</summary>
    public RootKey Generate()
    {
        // The name appears only with all 32 bytes behind it.
        var key = WriteNext();
        MoveNext();
        return key;
    }

    /// <summary>Writes a fresh key beside the current one.</summary>
    public RootKey WriteNext()
    {
        File.Delete(_next);
        var key = new RootKey(SecretBytes.Random(RootKey.Length));
        using (var file = PrivateFiles.Open(_next, FileMode.CreateNew, FileAccess.Write))
        {
            key.Save(file);
            file.Flush(flushToDisk: true);
        }

        PrivateFiles.FlushDirectory(Path.GetDirectoryName(_next)!);
        return key;
    }

    /// <summary>
    /// Returns the key that the database names and finishes or takes back an interrupted replacement. Call it only while holding
    /// the database's write lock: a replacement under way in another process would otherwise lose its new key.
    /// </summary>
    /// <exception cref="KeyBrokerException">Neither file holds that key.</exception>
    public RootKey Settle(Digest check)
    {
        if (TryLoad(path, check) is { } current)
        {
            File.Delete(_next);
            return current;
        }

        if (TryLoad(_next, check) is { } next)
        {
            MoveNext();
            return next;
        }

        throw Exists
            ? new KeyBrokerException(KeyBrokerCodes.RootKeyMismatch, $"the root key in '{path}' is not the one this database was written under; restore the right file")
            : new KeyBrokerException(KeyBrokerCodes.RootKeyMissing, $"the root key '{path}' is missing; without it the stored keys cannot be opened, so restore it from your backup");
    }

    /// <summary>Reads the key in the file, whatever the database says.</summary>
    public RootKey Load()
    {
        PrivateFiles.CheckFile(path);
        using var file = PrivateFiles.Open(path, FileMode.Open, FileAccess.Read);
        if (file.Length != RootKey.Length)
        {
            throw new KeyBrokerException(KeyBrokerCodes.RootKeyMismatch, $"the root key file '{path}' is {file.Length} bytes; expected {RootKey.Length}");
        }

        return new RootKey(SecretBytes.Create(RootKey.Length, file, static (bytes, source) => source.ReadExactly(bytes)));
    }

    static RootKey? TryLoad(string file, Digest check)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        var key = new RootKeyFile(file).Load();
        if (key.Check == check)
        {
            return key;
        }

        key.Dispose();
        return null;
    }

    void MoveNext()
    {
        File.Move(_next, path, overwrite: true);
        PrivateFiles.FlushDirectory(Path.GetDirectoryName(path)!);
    }
}
