using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using Amnion.Host.Local;
using Amnion.Host.Nitro;
using Microsoft.Win32.SafeHandles;

namespace Amnion.Host.Tests.Nitro;

/// <summary>
/// The driver as Linux's drivers/virt/nitro_enclaves/ne_misc_dev.c has it, with the hypervisor behind it: it decodes every argument, holds to the
/// driver's rules, writes down every call, fails where it is told to, and knows what was not given back.
/// </summary>
sealed class FakeNitroDriver : INitroDriver, IDisposable
{
    public const int DeviceDescriptor = 100, EnclaveDescriptor = 101;
    public const ulong Slot = 0x1f2e3d4c5b6a7988;
    public const long FirstAddress = 0x7f0000000000;
    public const uint ChosenCid = 16;

    const int NoMemory = -12, BadDescriptor = -9, InvalidArgument = -22, NotTty = -25;

    readonly Lock _lock = new();
    readonly List<string> _calls = [];
    readonly List<(long Address, byte[] Content)> _written = [];
    readonly Dictionary<long, long> _mapped = [];
    readonly HashSet<long> _donated = [];
    readonly HashSet<int> _open = [];
    readonly HashSet<int> _cpus = [];
    readonly List<IDisposable> _disposables = [];
    readonly ManualResetEventSlim _ended = new();
    readonly TaskCompletionSource<byte> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    FakeListener? _listener;
    long _nextAddress = FirstAddress;
    bool _started;
    bool _outOfPages;

    public Dictionary<long, int> FreePages { get; } = new() { [1L << 30] = 0, [2L << 20] = 256 };

    public List<int> Pool { get; } = [2, 3];

    public int ThreadsPerCore { get; set; } = 2;

    public ulong ImageOffset { get; set; } = 8 << 20;

    /// <summary>The call to fail, counted from 0, and with what; see <see cref="Calls"/>.</summary>
    public (int Call, int Error)? FailAt { get; set; }

    /// <summary>What the enclave's init sends and from which context; null sends nothing.</summary>
    public (byte Value, uint Cid)[] Beats { get; set; } = [(0xB7, ChosenCid)];

    /// <summary>The enclave ends as soon as it is started.</summary>
    public bool EndsAtOnce { get; set; }

    public ulong AnsweredCid { get; set; } = ChosenCid;

    /// <summary>Where connections to the endpoint go: a Unix socket.</summary>
    public string? Endpoint { get; set; }

    public List<(uint Cid, uint Port)> Connections { get; } = [];

    /// <summary>What the host answered to the heartbeat.</summary>
    public Task<byte> HeartbeatAnswer => _answer.Task;

    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>Descriptors, pages and ports that nobody gave back.</summary>
    public IReadOnlyList<string> Leaks
    {
        get
        {
            lock (_lock)
            {
                return [.. _open.Select(descriptor => $"descriptor {descriptor}"), .. _mapped.Keys.Select(address => $"page {address:x}"), .. _listener is null ? (string[])[] : ["port 9000"]];
            }
        }
    }

    /// <summary>The image as the enclave finds it: what was written, in the order of the regions given to it, from the image's offset on.</summary>
    public byte[] LoadedImage { get; private set; } = [];

    public List<(long Address, long Bytes)> Regions { get; } = [];

    public IReadOnlyCollection<int> Cpus => _cpus;

    public bool? StartedInDebugMode { get; private set; }

    public List<(long Address, int Node)> Bound { get; } = [];

    public void End() => _ended.Set();

    public void Dispose()
    {
        _disposables.ForEach(disposable => disposable.Dispose());
        _ended.Dispose();
    }

    public int Open() => Call("open", () =>
    {
        _open.Add(DeviceDescriptor);
        return DeviceDescriptor;
    });

    public int Ioctl(int descriptor, uint request, Span<byte> argument)
    {
        // The length is part of the request's number: the kernel copies that much, whatever the caller has there.
        Assert.Equal((int)(request >> 16) & 0x3fff, argument.Length);
        var copy = argument.ToArray();
        var result = request switch
        {
            0x8008AE20 => Call("NE_CREATE_VM", () => CreateVm(descriptor, copy)),
            0xC004AE21 => Call($"NE_ADD_VCPU {BinaryPrimitives.ReadUInt32LittleEndian(copy)}", () => AddCpu(descriptor, copy)),
            0xC010AE22 => Call("NE_GET_IMAGE_LOAD_INFO", () => ImageInfo(descriptor, copy)),
            0x4018AE23 => Call($"NE_SET_USER_MEMORY_REGION {BinaryPrimitives.ReadInt64LittleEndian(copy.AsSpan(8)) >> 20} MiB", () => SetRegion(descriptor, copy)),
            0xC010AE24 => Call($"NE_START_ENCLAVE flags {BinaryPrimitives.ReadUInt64LittleEndian(copy)} cid {BinaryPrimitives.ReadUInt64LittleEndian(copy.AsSpan(8))}", () => Start(descriptor, copy)),
            _ => NotTty,
        };
        copy.CopyTo(argument);
        return result;
    }

    public long MapHugePage(long bytes)
    {
        long address = 0;
        var result = Call(string.Create(CultureInfo.InvariantCulture, $"mmap {bytes >> 20} MiB"), () =>
        {
            if (FreePages.GetValueOrDefault(bytes) == 0)
            {
                return NoMemory;
            }

            FreePages[bytes]--;
            address = _nextAddress;
            _nextAddress += bytes;
            _mapped.Add(address, bytes);
            return 0;
        });
        return result < 0 ? result : address;
    }

    public int Bind(long address, long bytes, int node) => Call($"mbind node {node}", () =>
    {
        Bound.Add((address, node));
        return _mapped.GetValueOrDefault(address) == bytes ? 0 : InvalidArgument;
    });

    public int Read(SafeFileHandle file, long position, long address, int bytes) => Call("pread", () =>
    {
        var (start, length) = _mapped.Single(page => page.Key <= address && address < page.Key + page.Value);
        Assert.InRange(address + bytes, start, start + length);
        Assert.DoesNotContain(start, _donated);
        var content = new byte[bytes];
        var read = RandomAccess.Read(file, content, position);
        _written.Add((address, content[..read]));
        return read;
    });

    public int Unmap(long address, long bytes) => Call($"munmap {bytes >> 20} MiB", () =>
    {
        // The driver holds the pages of an open enclave: unmapped before, they stay taken.
        Assert.True(!_donated.Contains(address) || !_open.Contains(EnclaveDescriptor), "A page was unmapped while the enclave has it.");
        Assert.True(_mapped.Remove(address, out var length) && length == bytes, "A page was unmapped that is not mapped.");
        _ = _donated.Remove(address);
        FreePages[bytes]++;
        return 0;
    });

    public int Poll(int descriptor, int milliseconds)
    {
        lock (_lock)
        {
            if (!_open.Contains(descriptor))
            {
                return BadDescriptor;
            }
        }

        return _ended.Wait(milliseconds) ? 0x10 : 0;
    }

    public int Close(int descriptor)
    {
        lock (_lock)
        {
            _calls.Add(descriptor == EnclaveDescriptor ? "close enclave" : "close device");
            Assert.True(_open.Remove(descriptor), "A descriptor was closed twice.");
            _started &= descriptor != EnclaveDescriptor;
            return 0;
        }
    }

    public INitroListener Listen(uint port)
    {
        Assert.Equal(9000u, port);
        return Call("listen 9000", () => 0) < 0 ? throw new IOException("address in use") : _listener = new FakeListener(this);
    }

    public async ValueTask<Stream> ConnectAsync(uint cid, uint port, CancellationToken cancellation)
    {
        lock (_lock)
        {
            Connections.Add((cid, port));
        }

        if (Endpoint is null)
        {
            throw new IOException("nobody listens there");
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Endpoint), cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }

    int Call(string name, Func<int> run)
    {
        lock (_lock)
        {
            var index = _calls.Count;
            _calls.Add(name);
            if (FailAt is not { } fail || (fail.Call != index && !(_outOfPages && name.StartsWith("mmap", StringComparison.Ordinal))))
            {
                return run();
            }

            // A page that cannot be had is not there a moment later either.
            _outOfPages |= name.StartsWith("mmap", StringComparison.Ordinal);
            return -fail.Error;
        }
    }

    int CreateVm(int descriptor, byte[] argument)
    {
        Assert.Equal(DeviceDescriptor, descriptor);
        if (Pool.Count == 0)
        {
            return -272;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(argument, Slot);
        _open.Add(EnclaveDescriptor);
        return EnclaveDescriptor;
    }

    int ImageInfo(int descriptor, byte[] argument)
    {
        Assert.Equal(EnclaveDescriptor, descriptor);
        if (BinaryPrimitives.ReadUInt64LittleEndian(argument) != 1)
        {
            return -274;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(argument.AsSpan(8), ImageOffset);
        return _started ? -270 : 0;
    }

    int SetRegion(int descriptor, byte[] argument)
    {
        Assert.Equal(EnclaveDescriptor, descriptor);
        var flags = BinaryPrimitives.ReadUInt64LittleEndian(argument);
        var (bytes, address) = (BinaryPrimitives.ReadInt64LittleEndian(argument.AsSpan(8)), BinaryPrimitives.ReadInt64LittleEndian(argument.AsSpan(16)));
        if (flags != 0 || _started)
        {
            return flags != 0 ? -274 : -270;
        }

        if (bytes % (2 << 20) != 0 || address % (2 << 20) != 0)
        {
            return bytes % (2 << 20) != 0 ? -259 : -261;
        }

        if (_mapped.GetValueOrDefault(address) != bytes)
        {
            return -263;
        }

        if (!_donated.Add(address))
        {
            return -262;
        }

        Regions.Add((address, bytes));
        return 0;
    }

    int AddCpu(int descriptor, byte[] argument)
    {
        Assert.Equal(EnclaveDescriptor, descriptor);
        var cpu = BinaryPrimitives.ReadInt32LittleEndian(argument);
        if (cpu == 0)
        {
            cpu = Pool.Except(_cpus).FirstOrDefault();
            if (cpu == 0)
            {
                return -272;
            }
        }
        else if (!Pool.Contains(cpu))
        {
            return -257;
        }

        if (!_cpus.Add(cpu))
        {
            return -256;
        }

        BinaryPrimitives.WriteInt32LittleEndian(argument, cpu);
        return 0;
    }

    int Start(int descriptor, byte[] argument)
    {
        Assert.Equal(EnclaveDescriptor, descriptor);
        Assert.NotNull(_listener);
        var (flags, cid) = (BinaryPrimitives.ReadUInt64LittleEndian(argument), BinaryPrimitives.ReadUInt64LittleEndian(argument.AsSpan(8)));
        if (flags > 1 || cid is 1 or 2 or 3 or >= uint.MaxValue)
        {
            return flags > 1 ? -274 : -275;
        }

        if (Regions.Count == 0 || Regions.Sum(region => region.Bytes) < 64 << 20)
        {
            return Regions.Count == 0 ? -266 : -268;
        }

        if (_cpus.Count == 0 || _cpus.Count % ThreadsPerCore != 0)
        {
            return _cpus.Count == 0 ? -267 : -269;
        }

        (_started, StartedInDebugMode) = (true, flags == 1);
        BinaryPrimitives.WriteUInt64LittleEndian(argument.AsSpan(8), cid == 0 ? AnsweredCid : cid);
        LoadedImage = [.. Load((long)ImageOffset)];
        if (EndsAtOnce)
        {
            _ended.Set();
        }

        return 0;
    }

    // Regions follow each other in the enclave's memory as they were given.
    IEnumerable<byte> Load(long offset)
    {
        long start = 0;
        var next = offset;
        foreach (var (address, bytes) in Regions)
        {
            foreach (var (at, content) in _written.Where(piece => piece.Address >= address && piece.Address < address + bytes).OrderBy(piece => piece.Address))
            {
                Assert.Equal(next, start + (at - address));
                next += content.Length;
                foreach (var value in content)
                {
                    yield return value;
                }
            }

            start += bytes;
        }
    }

    sealed class FakeListener(FakeNitroDriver driver) : INitroListener
    {
        int _accepted;

        public async ValueTask<(Stream Stream, uint Cid)> AcceptAsync(CancellationToken cancellation)
        {
            Assert.True(driver._started);
            if (_accepted == driver.Beats.Length)
            {
                await Task.Delay(Timeout.Infinite, cancellation);
            }

            var (value, cid) = driver.Beats[_accepted++];
            var (ours, theirs) = Sandbox.SocketPair();
            var enclave = new NetworkStream(new Socket(theirs), ownsSocket: true);
            driver._disposables.Add(enclave);
            await enclave.WriteAsync(new byte[] { value }, cancellation);
            _ = ReadAnswerAsync(enclave);
            return (new NetworkStream(ours, ownsSocket: true), cid);
        }

        public void Dispose() => driver._listener = null;

        async Task ReadAnswerAsync(NetworkStream enclave)
        {
            var answer = new byte[1];
            if (await enclave.ReadAsync(answer) == 1)
            {
                driver._answer.TrySetResult(answer[0]);
            }
        }
    }
}
