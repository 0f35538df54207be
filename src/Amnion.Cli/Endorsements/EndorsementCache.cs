using System.Security.Cryptography;
using Amnion.Cli.State;
using Amnion.Records;

namespace Amnion.Cli.EndorsementCollection;

/// <summary>
/// Endorsements on disk: files named after their SHA-256, and an index of where and when each was fetched. A file that is not what the index says is
/// never used. The cache is no trust store: whoever can write here can put other endorsements into it, which the verifier then refuses.
/// </summary>
sealed class EndorsementCache
{
    /// <summary>Most entries; beyond, the oldest go.</summary>
    public const int MaxEntries = 1024;

    /// <summary>Most bytes of all files; beyond, the oldest go.</summary>
    public const long MaxBytes = 64 * 1024 * 1024;

    const string Format = "amnion/endorsement-cache/1";
    const string IndexName = "index.json";
    const string LockName = "index.lock";
    const int MaxIndexLength = 4 * 1024 * 1024;
    const int MaxKeyLength = 2048;

    readonly string _folder;
    readonly TimeProvider _clock;

    /// <summary>Opens the cache, making its folder where there is none.</summary>
    public EndorsementCache(string folder, TimeProvider clock)
    {
        _folder = Path.GetFullPath(folder);
        _clock = clock;
        Directory.CreateDirectory(_folder);
    }

    /// <summary>The content under a key; null where there is none, or where it is <paramref name="damaged"/>.</summary>
    public CachedEndorsement? Find(string key, out bool damaged)
    {
        var index = ReadIndex(out damaged);
        if (index.FirstOrDefault(entry => entry.Key == key) is not { } found)
        {
            return null;
        }

        var path = PathOf(found.Digest);
        var file = new FileInfo(path);
        if (file.Exists && file.Length == found.Length)
        {
            var content = File.ReadAllBytes(path);
            if (Convert.ToHexStringLower(SHA256.HashData(content)) == found.Digest)
            {
                return new CachedEndorsement(found.Source, path, found.Digest, found.FetchedAt, content);
            }
        }

        damaged = true;
        return null;
    }

    /// <summary>Keeps content under a key, in place of what was there: the file first, then the index, each in one step.</summary>
    public CachedEndorsement Store(string key, Uri source, ReadOnlySpan<byte> content)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(content));
        using var held = Lock();
        AmnionHome.WriteSecret(PathOf(digest), content);
        var entry = new CacheEntry(key, source.AbsoluteUri, digest, content.Length, DateTimeOffset.FromUnixTimeMilliseconds(_clock.GetUtcNow().ToUnixTimeMilliseconds()));
        var entries = ReadIndex(out _).Where(other => other.Key != key).Append(entry).ToList();
        foreach (var old in Surplus(entries))
        {
            entries.Remove(old);
            if (!entries.Exists(other => other.Digest == old.Digest))
            {
                File.Delete(PathOf(old.Digest));
            }
        }

        WriteIndex(entries);
        return new CachedEndorsement(entry.Source, PathOf(digest), digest, entry.FetchedAt, content.ToArray());
    }

    /// <summary>The oldest entries, until the rest is within the limits.</summary>
    static List<CacheEntry> Surplus(List<CacheEntry> entries)
    {
        var surplus = new List<CacheEntry>();
        var (count, bytes) = (entries.Count, entries.Sum(entry => entry.Length));
        foreach (var oldest in entries.SkipLast(1).OrderBy(entry => entry.FetchedAt))
        {
            if (count <= MaxEntries && bytes <= MaxBytes)
            {
                break;
            }

            surplus.Add(oldest);
            count--;
            bytes -= oldest.Length;
        }

        return surplus;
    }

    List<CacheEntry> ReadIndex(out bool damaged)
    {
        damaged = false;
        var path = Path.Combine(_folder, IndexName);
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            using var document = CanonicalJson.Parse(File.ReadAllBytes(path), MaxIndexLength, Format);
            var reader = new JsonObjectReader(document.RootElement, Format);
            reader.Constant("format", Format);
            var entries = reader.Objects("entries", MaxEntries, ReadEntry);
            reader.End();
            return [.. entries];
        }
        catch (RecordFormatException)
        {
            damaged = true;
            return [];
        }
    }

    static CacheEntry ReadEntry(JsonObjectReader entry)
    {
        var digest = entry.Text("sha256", 64);
        if (digest.Length != 64 || !digest.All(char.IsAsciiHexDigitLower))
        {
            // The digest is a file's name: nothing else may stand there.
            throw entry.Refuse("sha256", "must be 64 lower-case hexadecimal digits");
        }

        var read = new CacheEntry(
            entry.Text("key", MaxKeyLength),
            entry.Text("source", MaxKeyLength),
            digest,
            entry.Integer("length", 0, EndorsementFiles.MaxFileLength),
            DateTimeOffset.FromUnixTimeMilliseconds(entry.Integer("fetched_at", 0, 253402300799999)));
        entry.End();
        return read;
    }

    void WriteIndex(List<CacheEntry> entries) => AmnionHome.WriteSecret(Path.Combine(_folder, IndexName), CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteStartArray("entries");
        foreach (var entry in entries)
        {
            json.WriteStartObject();
            json.WriteString("key", entry.Key);
            json.WriteString("source", entry.Source);
            json.WriteString("sha256", entry.Digest);
            json.WriteNumber("length", entry.Length);
            json.WriteNumber("fetched_at", entry.FetchedAt.ToUnixTimeMilliseconds());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }));

    string PathOf(string digest) => Path.Combine(_folder, digest + ".bin");

    /// <summary>One writer at a time, across processes; given up with the handle.</summary>
    FileStream Lock()
    {
        const int Attempts = 100;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(Path.Combine(_folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (attempt < Attempts)
            {
                Thread.Sleep(50);
            }
        }
    }
}
