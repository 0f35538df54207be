using System.Globalization;
using System.Runtime.Versioning;
using Amnion.Cli.State;

namespace Amnion.Cli.Enclaves;

/// <summary>A name that is held, and the file that says what has it. Disposing removes both.</summary>
[SupportedOSPlatform("linux")]
sealed class NameClaim : IDisposable
{
    readonly FileStream _lock;
    readonly string _record;

    NameClaim(FileStream held, string record)
    {
        _lock = held;
        _record = record;
    }

    /// <summary>Takes a name; null where somebody has it.</summary>
    public static NameClaim? TryTake(string folder, string name)
    {
        var path = Path.Combine(folder, name + ".lock");
        while (true)
        {
            FileStream held;
            try
            {
                // .NET holds flock(2) on a file opened with FileShare.None.
                held = new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
            }
            catch (IOException)
            {
                return null;
            }

            // Whoever had it before may have removed the file between our opening and locking it: what we hold is no name then.
            var link = new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{held.SafeFileHandle.DangerousGetHandle()}")).LinkTarget;
            if (link?.EndsWith(" (deleted)", StringComparison.Ordinal) == false)
            {
                return new NameClaim(held, Path.Combine(folder, name + ".json"));
            }

            held.Dispose();
        }
    }

    /// <summary>Says what has the name.</summary>
    public void Write(EnclaveRecord record) => AmnionHome.WriteSecret(_record, record.ToJson());

    /// <summary>Gives the name back.</summary>
    public void Dispose()
    {
        File.Delete(_record);
        File.Delete(Path.ChangeExtension(_lock.Name, ".console"));
        File.Delete(_lock.Name);
        _lock.Dispose();
    }
}
