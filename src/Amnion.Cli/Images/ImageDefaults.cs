using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using Amnion.Cli.Commands;
using Amnion.Host.Local;
using Amnion.Images;
using Amnion.Images.Content;
using Amnion.Images.Specification;

namespace Amnion.Cli.Images;

/// <summary>Where the parts of an image come from when the command names none: what the scripts in eng/ put under artifacts/.</summary>
sealed class ImageDefaults(ImageArchitecture architecture)
{
    const int MaxFilterLength = 8 * 4096;
    const int MaxConfigurationLength = 1024 * 1024;

    static readonly string s_artifacts = Environment.GetEnvironmentVariable("AMNION_ARTIFACTS") ?? Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, ".."));

    /// <summary>Projects that run inside.</summary>
    static readonly string[] s_inside = ["Amnion.Enclave", "Amnion.Inference", "Amnion.Models", "Amnion.Sealing", "Amnion.Attestation", "Amnion.Records"];

    readonly string _name = ImageSpecification.NameOf(architecture);

    /// <summary>This tool's version.</summary>
    public static string ToolVersion { get; } = typeof(ImageDefaults).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    string KernelFolder => Path.Combine(s_artifacts, "kernel", _name);

    /// <summary>SOURCE_DATE_EPOCH, otherwise 1970: https://reproducible-builds.org/specs/source-date-epoch/.</summary>
    public static DateTimeOffset Created() => Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH") switch
    {
        null or "" => DateTimeOffset.UnixEpoch,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253402300800 => DateTimeOffset.FromUnixTimeSeconds(seconds),
        _ => throw new CliException(ExitCode.Malformed, "SOURCE_DATE_EPOCH is no number of seconds", "unset it, or set it as git log -1 --format=%ct prints it"),
    };

    public ImageContent Kernel(string? named) => File(named, Path.Combine(KernelFolder, architecture == ImageArchitecture.Arm64 ? "Image" : "bzImage"), "kernel", $"pass --kernel FILE, or run eng/kernel/build.sh {_name}");

    public ImageContent Init(string? named) => File(named, Path.Combine(s_artifacts, "init", _name, "init"), "init", $"pass --init FILE, or run eng/init/build.sh {_name}");

    /// <summary>There is no default: the kernel that eng/kernel/build.sh makes has the driver built in.</summary>
    public static ImageContent? Module(string? named) => named is null ? null : File(named, "", "kernel module", "pass --module FILE, the nsm.ko that was built with the kernel of --kernel");

    public ImageContent? KernelConfiguration(string? kernel, string? named)
    {
        var path = named ?? Path.Combine(KernelFolder, "config");
        return named is null && (kernel is not null || !System.IO.File.Exists(path)) ? null : ImageContent.FromBytes(BoundedFile.Read(path, MaxConfigurationLength));
    }

    /// <summary>What the version file beside the kernel says in its line "kernel VERSION", or the third line of the configuration: "# Linux/x86_64 6.12.95 Kernel Configuration".</summary>
    public string KernelVersion(string? kernel, string? configuration)
    {
        var version = Path.Combine(KernelFolder, "version");
        if (kernel is null && System.IO.File.Exists(version))
        {
            return System.IO.File.ReadLines(version).FirstOrDefault(line => line.StartsWith("kernel ", StringComparison.Ordinal))?["kernel ".Length..].Trim() ?? "unknown";
        }

        if (KernelConfiguration(kernel, configuration) is not { } content)
        {
            return "unknown";
        }

        var words = System.Text.Encoding.UTF8.GetString(content.ToArray(MaxConfigurationLength)).Split('\n').Skip(2).FirstOrDefault("").Split(' ');
        return words.Length > 2 && words[1].StartsWith("Linux/", StringComparison.Ordinal) ? words[2] : "unknown";
    }

    public string Runtime(string? named)
    {
        var path = named ?? Environment.GetEnvironmentVariable("AMNION_PROGRAM");
        path = architecture == ImageArchitecture.Arm64 ? named ?? Path.Combine(s_artifacts, "enclave-aarch64") : path ?? Path.Combine(s_artifacts, "enclave");
        return Directory.Exists(path)
            ? Path.GetFullPath(path)
            : throw new CliException(ExitCode.Unsupported, $"the enclave program is missing at \"{path}\"", "start amnion through the launcher ./amnion, which builds it, or pass --runtime DIR", CliCodes.ProgramMissing);
    }

    public ImmutableArray<byte> Filter(string? named, bool workload)
    {
        if (named is null)
        {
            return EnclaveFilter.For(architecture == ImageArchitecture.Arm64, workload);
        }

        var bytes = BoundedFile.Read(named, MaxFilterLength);
        return bytes.Length > 0 && bytes.Length % 8 == 0
            ? [.. bytes]
            : throw new CliException(ExitCode.Malformed, $"\"{named}\" is no system-call filter", "it is an array of struct sock_filter, 8 bytes each", ImageCodes.InputUnfit);
    }

    /// <summary>Lines of our own sources, where they are at hand, of the kernel's, where the file "lines" beside it says so, and of others' as eng/tcb-lines has them.</summary>
    public ImmutableSortedDictionary<string, long> Lines(string? kernel)
    {
        var lines = ImmutableSortedDictionary<string, long>.Empty;
        var counted = Path.Combine(KernelFolder, "lines");
        if (kernel is null && System.IO.File.Exists(counted) && long.TryParse(System.IO.File.ReadAllText(counted).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            lines = lines.Add("kernel", count);
        }

        var repository = Path.Combine(s_artifacts, "..");
        var others = Path.Combine(repository, "eng", "tcb-lines");
        if (System.IO.File.Exists(others))
        {
            // "part version lines", where a dash stands for a space in the part's name.
            foreach (var word in System.IO.File.ReadLines(others).Select(line => line.Split(' ')).Where(word => word.Length == 3))
            {
                lines = long.TryParse(word[2], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? lines.SetItem(word[0].Replace('-', ' '), number) : lines;
            }
        }

        var ours = s_inside.Select(project => Path.Combine(repository, "src", project)).Where(Directory.Exists).Sum(folder => Count(folder, ".cs"))
            + (Directory.Exists(Path.Combine(repository, "eng", "init")) ? Count(Path.Combine(repository, "eng", "init"), ".c") : 0);
        return ours > 0 ? lines.Add("ours", ours) : lines;
    }

    static long Count(string folder, string ending) => Directory.EnumerateFiles(folder, "*" + ending, SearchOption.AllDirectories)
        .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
        .Sum(path => (long)System.IO.File.ReadLines(path).Count());

    static ImageContent File(string? named, string standard, string what, string hint)
    {
        var path = named ?? standard;
        return System.IO.File.Exists(path) ? ImageContent.FromFile(Path.GetFullPath(path)) : throw new CliException(ExitCode.Malformed, $"the {what} \"{path}\" does not exist", hint, CliCodes.FileUnreadable);
    }
}
