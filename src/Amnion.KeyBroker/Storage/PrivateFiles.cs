using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Amnion.KeyBroker.Storage;

/// <summary>Files that only their owner can read: directories 0700, files 0600. An existing one with wider permissions is refused.</summary>
static partial class PrivateFiles
{
    const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Creates the directory, or checks the existing one.</summary>
    public static void EnsureDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, DirectoryMode);
        Refuse(path, File.GetUnixFileMode(path) & ~DirectoryMode, "0700");
    }

    /// <summary>Creates an empty file where there is none, or checks the existing one.</summary>
    public static void EnsureFile(string path)
    {
        using (Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite))
        {
        }

        CheckFile(path);
    }

    /// <summary>Refuses a file that others can read or write.</summary>
    public static void CheckFile(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            Refuse(path, File.GetUnixFileMode(path) & ~FileMode600, "0600");
        }
    }

    /// <summary>Opens without a buffer, so that what is read or written exists only in the caller's memory.</summary>
    public static FileStream Open(string path, FileMode mode, FileAccess access)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = FileShare.ReadWrite, BufferSize = 0 };
        if (!OperatingSystem.IsWindows() && mode is FileMode.CreateNew or FileMode.OpenOrCreate)
        {
            options.UnixCreateMode = FileMode600;
        }

        return new FileStream(path, options);
    }

    /// <summary>Makes created and renamed entries of a directory survive a power failure; fsync of a file does not promise its name.</summary>
    public static void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var directory = OpenDirectory(path, 0);
        if (directory < 0)
        {
            throw new IOException($"The directory '{path}' cannot be opened.", new Win32Exception(Marshal.GetLastPInvokeError()));
        }

        try
        {
            if (Synchronize(directory) != 0)
            {
                throw new IOException($"The directory '{path}' cannot be flushed.", new Win32Exception(Marshal.GetLastPInvokeError()));
            }
        }
        finally
        {
            _ = Close(directory);
        }
    }

    static void Refuse(string path, UnixFileMode excess, string wanted)
    {
        if (excess != UnixFileMode.None)
        {
            throw new KeyBrokerException(KeyBrokerCodes.PermissionsTooWide, $"'{path}' can be used by others ({excess}); set it to {wanted}");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenDirectory(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Synchronize(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
