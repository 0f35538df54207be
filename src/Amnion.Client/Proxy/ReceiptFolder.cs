using Amnion.Records;

namespace Amnion.Client.Proxy;

/// <summary>Keeps receipts as files, one per answer: ID.json, mode 0600, at most a fixed number. Receipts hold digests, never text.</summary>
public sealed class ReceiptFolder(string folder)
{
    /// <summary>Most receipts kept; the oldest go first.</summary>
    public const int MaxCount = 1000;

    readonly Lock _lock = new();
    int _sinceSweep;

    /// <summary>The newest receipt's path, or null.</summary>
    public string? Latest { get; private set; }

    /// <summary>Keeps a receipt.</summary>
    public void Keep(ReceiptFile receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        lock (_lock)
        {
            var path = Path.Combine(folder, receipt.Signed.Receipt.Id + ".json");
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (var file = new FileStream(path, options))
            {
                file.Write(receipt.ToJson());
            }

            Latest = path;
            if (++_sinceSweep >= 100)
            {
                _sinceSweep = 0;
                Sweep();
            }
        }
    }

    void Sweep()
    {
        foreach (var old in new DirectoryInfo(folder).GetFiles("*.json").OrderByDescending(file => file.LastWriteTimeUtc).Skip(MaxCount))
        {
            old.Delete();
        }
    }
}
