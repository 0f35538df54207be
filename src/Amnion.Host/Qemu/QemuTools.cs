namespace Amnion.Host.Qemu;

/// <summary>The programs that <see cref="QemuPlatform"/> starts. No package of Debian has the machine; <c>eng/qemu/build.sh</c> builds it.</summary>
public sealed record QemuTools
{
    /// <summary>qemu-system-x86_64 with the machine "nitro-enclave", 9.2 or newer.</summary>
    public required string Emulator { get; init; }

    /// <summary>vhost-device-vsock, whose back end is Unix sockets.</summary>
    public required string VsockBackend { get; init; }

    /// <summary>The folder with QEMU's firmware (qboot.rom).</summary>
    public required string Firmware { get; init; }

    /// <summary>setpriv of util-linux: ends the programs with this process, however it ends.</summary>
    public string Setpriv { get; init; } = "/usr/bin/setpriv";

    /// <summary>The tools as eng/qemu/build.sh lays them out.</summary>
    public static QemuTools In(string folder) => new()
    {
        Emulator = Path.Combine(folder, "bin", "qemu-system-x86_64"),
        VsockBackend = Path.Combine(folder, "bin", "vhost-device-vsock"),
        Firmware = Path.Combine(folder, "share", "qemu"),
    };

    /// <summary>What of it does not exist; empty where all is there.</summary>
    public IReadOnlyList<string> Missing() =>
        [.. new[] { Emulator, VsockBackend, Setpriv }.Where(path => !File.Exists(path)), .. new[] { Firmware }.Where(path => !Directory.Exists(path))];
}
