using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Amnion.Images.Tree;

/// <summary>What the file system says of a path without following a link or opening anything: opening a pipe would wait for its writer.</summary>
/// <param name="Type">The four type bits of the mode, as in <c>stat(2)</c>.</param>
/// <param name="IsExecutable">Whether anybody may execute it.</param>
/// <param name="Identity">Device and inode, for names of one file.</param>
/// <param name="Links">Number of names.</param>
[SupportedOSPlatform("linux")]
readonly partial record struct FileStatus(uint Type, bool IsExecutable, (uint Major, uint Minor, ulong Inode) Identity, uint Links)
{
    // struct statx has one layout on every processor: statx(2).
    const int StatxLength = 256;
    const int LinksAt = 16;
    const int ModeAt = 28;
    const int InodeAt = 32;
    const int MajorAt = 136;
    const int MinorAt = 140;
    const int AtFdcwd = -100;
    const int AtSymlinkNofollow = 0x100;
    const uint BasicStats = 0x7ff;

    public const uint Regular = 0x8000;
    public const uint Directory = 0x4000;
    public const uint Link = 0xA000;

    /// <exception cref="ImageException">The path cannot be looked at.</exception>
    public static unsafe FileStatus Of(string path)
    {
        Span<byte> buffer = stackalloc byte[StatxLength];
        fixed (byte* pointer = buffer)
        {
            if (Statx(AtFdcwd, path, AtSymlinkNofollow, BasicStats, pointer) != 0)
            {
                throw new ImageException(ImageCodes.InputUnfit, $"\"{Printable.Escape(path)}\" cannot be read: {Marshal.GetLastPInvokeErrorMessage()}.");
            }
        }

        // The kernel writes in the machine's order, which is little-endian on both processors.
        var mode = BinaryPrimitives.ReadUInt16LittleEndian(buffer[ModeAt..]);
        return new FileStatus(
            mode & 0xF000u,
            (mode & 0b001_001_001) != 0,
            (BinaryPrimitives.ReadUInt32LittleEndian(buffer[MajorAt..]), BinaryPrimitives.ReadUInt32LittleEndian(buffer[MinorAt..]), BinaryPrimitives.ReadUInt64LittleEndian(buffer[InodeAt..])),
            BinaryPrimitives.ReadUInt32LittleEndian(buffer[LinksAt..]));
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int folder, string path, int flags, uint mask, byte* buffer);
}
