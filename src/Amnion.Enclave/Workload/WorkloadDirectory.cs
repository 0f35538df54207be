using System.Runtime.InteropServices;
using System.Text;
using Amnion.Enclave.Linux;
using Microsoft.Win32.SafeHandles;

namespace Amnion.Enclave.Workload;

/// <summary>
/// The directory in memory that the server sees. Files are made in it once, under the manifest's names, readable by everybody and
/// writable by nobody; only a tmpfs is taken, since plaintext must stand nowhere else.
/// </summary>
sealed unsafe class WorkloadDirectory(int descriptor)
{
    // linux/magic.h
    const long TmpfsMagic = 0x01021994;

    // struct statfs is 120 bytes on x86-64 and arm64; its first word is the type.
    const int StatfsLength = 256;

    const int MaxDepth = 8;
    const int MaxNameLength = 200;

    /// <summary>Makes a file of a length in bytes, and the directories above it.</summary>
    /// <exception cref="EnclaveRefusedException">The name is no relative path, the file stands there already, or there is no memory.</exception>
    public WorkloadFile Create(string name, long length)
    {
        if (!IsValid(name))
        {
            throw new EnclaveRefusedException(EnclaveCodes.WeightsPath);
        }

        CheckMemory();
        var segments = name.Split('/');
        var parent = Duplicate(descriptor);
        try
        {
            foreach (var segment in segments[..^1])
            {
                var child = OpenDirectory(parent, segment);
                _ = Libc.Close(parent);
                parent = child;
            }

            return CreateFile(parent, segments[^1], length);
        }
        catch
        {
            _ = Libc.Close(parent);
            throw;
        }
    }

    /// <summary>Stricter than needed: the manifest's parser has the same rule, and this is where a name becomes a path.</summary>
    static bool IsValid(string name)
    {
        var segments = name.Split('/');
        return name.Length is > 0 and <= MaxNameLength && segments.Length <= MaxDepth
            && segments.All(segment => segment.Length > 0 && segment[0] != '.' && segment.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '+'));
    }

    void CheckMemory()
    {
        var status = stackalloc byte[StatfsLength];
        if (Libc.FileSystemStatus(descriptor, status) != 0 || *(long*)status != TmpfsMagic)
        {
            throw new EnclaveRefusedException(EnclaveCodes.WeightsMemory);
        }
    }

    static int OpenDirectory(int parent, string name)
    {
        fixed (byte* path = Terminated(name))
        {
            // Where it stands already it is opened; where it cannot be made, opening says so.
            _ = Libc.MakeDirectoryAt(parent, path, Libc.DirectoryMode);
            var opened = Libc.OpenAt(parent, path, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, 0);
            if (opened < 0)
            {
                throw Refused();
            }

            // The umask may have taken away what the server needs.
            _ = Libc.ChangeMode(opened, Libc.DirectoryMode);
            return opened;
        }
    }

    static WorkloadFile CreateFile(int parent, string name, long length)
    {
        fixed (byte* path = Terminated(name))
        {
            var opened = Libc.OpenAt(parent, path, Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, Libc.ReadOnlyMode);
            if (opened < 0)
            {
                throw Refused();
            }

            var file = new WorkloadFile(new SafeFileHandle(opened, ownsHandle: true), parent, name);
            if (Libc.ChangeMode(opened, Libc.ReadOnlyMode) == 0 && Libc.Truncate(opened, length) == 0)
            {
                return file;
            }

            var refused = Refused();
            _ = Libc.UnlinkAt(parent, path, 0);
            file.Handle.Dispose();
            throw refused;
        }
    }

    static int Duplicate(int descriptor)
    {
        var copy = Libc.Control(descriptor, Libc.F_DUPFD_CLOEXEC, 0);
        return copy >= 0 ? copy : throw Refused();
    }

    static EnclaveRefusedException Refused() => new(Marshal.GetLastPInvokeError() == Libc.EEXIST ? EnclaveCodes.WeightsNotExpected : EnclaveCodes.WeightsMemory);

    static byte[] Terminated(string name) => [.. Encoding.ASCII.GetBytes(name), 0];
}
