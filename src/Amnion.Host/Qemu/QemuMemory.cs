using System.Globalization;

namespace Amnion.Host.Qemu;

/// <summary>How much memory a machine needs, with the sum that says why. An image lies in memory twice while the kernel unpacks it, and once afterwards.</summary>
public sealed record QemuMemory
{
    const long MiB = 1024 * 1024;

    /// <summary>Kernel, page tables and buffers, and the two small file systems in memory.</summary>
    const int System = 64;

    /// <summary>The program and its workers: three .NET processes, the engine's buffers for a short context, and slack. Measured, docs/specs/qemu-platform.md.</summary>
    const int Program = 192;

    /// <summary>The least QEMU's machine is given.</summary>
    const int Least = 256;

    /// <summary>Memory sizes are multiples of this, as huge pages make them on AWS.</summary>
    const int Step = 64;

    QemuMemory(int mebibytes, string sum)
    {
        Mebibytes = mebibytes;
        Sum = sum;
    }

    /// <summary>The memory, MiB.</summary>
    public int Mebibytes { get; }

    /// <summary>How it came about, for people.</summary>
    public string Sum { get; }

    /// <summary>Works it out.</summary>
    /// <param name="imageLength">Bytes of the image.</param>
    /// <param name="weightsLength">Bytes of the weights.</param>
    public static QemuMemory For(long imageLength, long weightsLength)
    {
        var image = Up(2 * imageLength);

        // The weights once in locked memory, and the engine's own state for them: caches grow with the model.
        var weights = Up(weightsLength + (weightsLength / 4));
        var sum = checked(image + weights + System + Program);
        var rounded = checked((int)Math.Max(Least, (sum + Step - 1) / Step * Step));
        return new QemuMemory(rounded, string.Create(CultureInfo.InvariantCulture, $"{System} (kernel) + {Program} (program) + {image} (twice the image) + {weights} (weights and a quarter) = {sum} MiB, rounded up to {rounded} MiB"));
    }

    static long Up(long bytes) => (bytes + MiB - 1) / MiB;
}
