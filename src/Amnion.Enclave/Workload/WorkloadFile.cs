using System.Text;
using Amnion.Enclave.Linux;
using Amnion.Enclave.Weights;
using Microsoft.Win32.SafeHandles;

namespace Amnion.Enclave.Workload;

/// <summary>A file of the model in the directory that the server sees. The server does not run while it is written.</summary>
/// <param name="handle">The file, the only descriptor that can write to it.</param>
/// <param name="parent">Its directory; owned.</param>
/// <param name="name">Its name there.</param>
sealed unsafe class WorkloadFile(SafeFileHandle handle, int parent, string name) : IWeightsFile
{
    // Bytes that are zeroed at a time.
    const int Step = 1 << 20;

    readonly Lock _lock = new();
    long _written;
    bool _closed;

    /// <summary>The file.</summary>
    public SafeFileHandle Handle => handle;

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            _written = Math.Max(_written, offset + bytes.Length);
        }

        RandomAccess.Write(handle, bytes, offset);
    }

    public void Read(long offset, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = RandomAccess.Read(handle, bytes, offset);
            if (count == 0)
            {
                throw new EndOfStreamException("The file is shorter than its manifest says.");
            }

            offset += count;
            bytes = bytes[count..];
        }
    }

    /// <summary>Nobody else can open it for writing: its mode allows none, and its owner is this program.</summary>
    public void Seal() => Close();

    public void Erase()
    {
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            var zeros = new byte[Step];
            for (long offset = 0; offset < _written; offset += Step)
            {
                RandomAccess.Write(handle, zeros.AsSpan(0, (int)Math.Min(Step, _written - offset)), offset);
            }

            fixed (byte* path = (byte[])[.. Encoding.ASCII.GetBytes(name), 0])
            {
                _ = Libc.UnlinkAt(parent, path, 0);
            }
        }

        Close();
    }

    public void Dispose() => Close();

    void Close()
    {
        lock (_lock)
        {
            if (!_closed)
            {
                _closed = true;
                handle.Dispose();
                _ = Libc.Close(parent);
            }
        }
    }
}
