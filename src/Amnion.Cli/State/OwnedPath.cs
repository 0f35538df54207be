using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Amnion.Cli.State;

/// <summary>
/// Folders and files that nobody but their owner can change, and secrets that nobody else can read. Whoever can write here chooses the
/// signing key, the policy and the programs that run: an existing path with wider permissions, or another user's, is refused, not mended.
/// </summary>
static partial class OwnedPath
{
    const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    const UnixFileMode OthersRead = UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Refuses a folder that others can write, or that another user owns.</summary>
    /// <exception cref="CliException">Such a folder.</exception>
    public static void RequireFolder(string path) => Require(path, OthersWrite, "go-w");

    /// <summary>Refuses a file that others can write, or that another user owns.</summary>
    /// <exception cref="CliException">Such a file.</exception>
    public static void RequireFile(string path) => Require(path, OthersWrite, "go-w");

    /// <summary>Refuses a secret that others can read or write, or that another user owns.</summary>
    /// <exception cref="CliException">Such a file.</exception>
    public static void RequireSecret(string path) => Require(path, OthersWrite | OthersRead, "600");

    static void Require(string path, UnixFileMode refused, string mode)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var excess = File.GetUnixFileMode(path) & refused;
        if (excess != UnixFileMode.None)
        {
            throw new CliException(ExitCode.Internal, $"\"{path}\" can be used by others ({excess})", $"chmod {mode} \"{path}\", once you know that nobody changed it", CliCodes.NotPrivate);
        }

        // Root may own what a user works with: it can do everything anyway.
        if (OperatingSystem.IsLinux() && OwnerOf(path) is var owner && owner != 0 && owner != EffectiveUser())
        {
            throw new CliException(ExitCode.Internal, $"\"{path}\" belongs to another user ({owner})", "set AMNION_HOME to a folder of your own, or run as its owner", CliCodes.NotPrivate);
        }
    }

    /// <summary>statx(2): the same layout on every architecture, unlike stat's.</summary>
    static uint OwnerOf(string path)
    {
        const int CurrentDirectory = -100;
        const uint Owner = 0x8;
        const int Length = 256;
        const int OwnerOffset = 20;
        Span<byte> status = stackalloc byte[Length];
        if (Statx(CurrentDirectory, path, 0, Owner, ref MemoryMarshal.GetReference(status)) != 0)
        {
            throw new IOException($"The owner of \"{path}\" cannot be read (errno {Marshal.GetLastPInvokeError()}).");
        }

        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(status[OwnerOffset..]) : BinaryPrimitives.ReadUInt32BigEndian(status[OwnerOffset..]);
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, ref byte status);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
