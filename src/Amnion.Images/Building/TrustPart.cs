using Amnion.Images.Explaining;

namespace Amnion.Images.Building;

/// <summary>A part of what must be trusted for the enclave's secrets.</summary>
/// <param name="Name">"kernel", "libc", "openssl", "c++ runtime", "engine", "ours", "configuration", "libraries" or "workload".</param>
/// <param name="Files">Number of files.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Lines">Lines of source, where somebody counted them.</param>
public sealed record TrustPart(string Name, int Files, long Bytes, long? Lines)
{
    /// <summary>Every part of an image with its size, in a fixed order.</summary>
    /// <param name="items">What the image is made of.</param>
    /// <param name="lines">Lines of source by part.</param>
    public static IReadOnlyList<TrustPart> List(IEnumerable<ImageItem> items, IReadOnlyDictionary<string, long> lines)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(lines);
        var parts = items.Where(item => item.Kind == Cpio.CpioKind.File && item.Section is not (ImageContents.Metadata or ImageContents.Signature))
            .GroupBy(item => NameOf(item.Section, item.Path ?? ""))
            .ToDictionary(group => group.Key, group => (group.Count(), group.Sum(item => item.Length)));
        return [.. s_order.Where(parts.ContainsKey).Select(name => new TrustPart(name, parts[name].Item1, parts[name].Item2, lines.TryGetValue(name, out var count) ? count : null))];
    }

    static readonly string[] s_order = ["kernel", "libc", "openssl", "c++ runtime", "libraries", "engine", "ours", "configuration", "workload"];

    /// <summary>The part that an input belongs to.</summary>
    public static string NameOf(string section, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (section is ImageContents.Kernel)
        {
            return "kernel";
        }

        if (section is ImageContents.CommandLine)
        {
            return "configuration";
        }

        var name = Path.GetFileName(path);
        return path switch
        {
            "init" or "app/amnion-enclave" => "ours",
            "nsm.ko" => "kernel",
            _ when path.StartsWith("workload/", StringComparison.Ordinal) => "workload",
            _ when path.StartsWith("etc/amnion/", StringComparison.Ordinal) => "configuration",
            _ when path.StartsWith("app/lib/", StringComparison.Ordinal) => "engine",
            _ when Begins(name, "libssl.", "libcrypto.") => "openssl",
            _ when Begins(name, "libstdc++.", "libgcc_s.") => "c++ runtime",
            _ when Begins(name, "ld-linux", "libc.so", "libm.so", "libdl.so", "librt.so", "libpthread.so", "libresolv.so") => "libc",
            _ when path.StartsWith("app/", StringComparison.Ordinal) => "ours",
            _ => "libraries",
        };
    }

    static bool Begins(string name, params ReadOnlySpan<string> prefixes)
    {
        foreach (var prefix in prefixes)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
