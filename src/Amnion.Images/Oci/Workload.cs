using System.Collections.Immutable;
using System.Runtime.Versioning;
using Amnion.Images.Specification;
using Amnion.Images.Tree;

namespace Amnion.Images.Oci;

/// <summary>A foreign root file system and how its program is started. Dispose after the image is built: content of layers stands in a temporary file.</summary>
public sealed class Workload : IDisposable
{
    const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    readonly Spool? _spool;

    internal Workload(FileTree tree, WorkloadStart start, ImmutableArray<WorkloadSource> sources, Spool? spool)
    {
        Tree = tree;
        Arguments = start.Arguments;
        Environment = start.Environment;
        Directory = start.Directory;
        Sources = sources;
        _spool = spool;
    }

    /// <summary>The root file system.</summary>
    public FileTree Tree { get; }

    /// <summary>Program, as an absolute path, and its arguments.</summary>
    public ImmutableArray<string> Arguments { get; }

    /// <summary>"NAME=value" each.</summary>
    public ImmutableArray<string> Environment { get; }

    /// <summary>Working directory, absolute.</summary>
    public string Directory { get; }

    /// <summary>What it was taken from.</summary>
    public ImmutableArray<WorkloadSource> Sources { get; }

    /// <summary>Opens "oci:FOLDER" (an OCI image layout), a file ("docker save") or a folder (a root file system).</summary>
    /// <param name="from">Where.</param>
    /// <param name="architecture">Of several images the one for this processor.</param>
    /// <param name="specification">Overrides how the program is started; must name it for a folder.</param>
    /// <param name="temporary">An existing folder for the content of layers.</param>
    /// <exception cref="OciFormatException">The image breaks its format or a digest does not match.</exception>
    /// <exception cref="ImageException">Something cannot stand in an image, or the program is not there.</exception>
    [SupportedOSPlatform("linux")]
    public static Workload Open(string from, ImageArchitecture architecture, WorkloadSpecification? specification, string temporary)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(temporary);
        if (from.StartsWith("oci:", StringComparison.Ordinal))
        {
            using var layout = OciLayout.Open(from["oci:".Length..]);
            return FromImage(layout, architecture, specification, temporary);
        }

        if (System.IO.Directory.Exists(from))
        {
            var tree = new FileTree();
            DirectoryReader.Read(from, tree, "", links: true, LayerReader.Volatile);
            return new Workload(tree, Start(WorkloadStart.None, specification, tree), [], null);
        }

        if (!File.Exists(from))
        {
            throw new ImageException(ImageCodes.InputUnfit, $"\"{Printable.Escape(from)}\" is neither a folder, nor oci:FOLDER, nor a saved image.");
        }

        using var archive = DockerArchive.Open(from);
        return FromImage(archive, architecture, specification, temporary);
    }

    /// <inheritdoc/>
    public void Dispose() => _spool?.Dispose();

    [SupportedOSPlatform("linux")]
    static Workload FromImage(IContainerImage image, ImageArchitecture architecture, WorkloadSpecification? specification, string temporary)
    {
        var spool = new Spool(temporary);
        try
        {
            var (configuration, layers, sources) = image.Select(architecture);
            var tree = new FileTree();
            if (configuration.DiffIds.Length != layers.Length)
            {
                throw new OciFormatException(0, "rootfs.diff_ids", $"{configuration.DiffIds.Length} digests for {layers.Length} layers");
            }

            for (var i = 0; i < layers.Length; i++)
            {
                LayerReader.Apply(layers[i], configuration.DiffIds[i], tree, spool);
            }

            return new Workload(tree, Start(configuration.Start, specification, tree), sources, spool);
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    static WorkloadStart Start(WorkloadStart image, WorkloadSpecification? specification, FileTree tree)
    {
        var environment = image.Environment.ToList();
        foreach (var (name, value) in specification?.Environment ?? [])
        {
            environment.RemoveAll(variable => variable.StartsWith(name + "=", StringComparison.Ordinal));
            environment.Add($"{name}={value}");
        }

        if (!environment.Any(variable => variable.StartsWith("PATH=", StringComparison.Ordinal)))
        {
            environment.Add($"PATH={DefaultPath}");
        }

        var directory = specification?.Directory ?? image.Directory;
        var arguments = specification?.Arguments ?? image.Arguments;
        if (arguments.IsEmpty)
        {
            throw new ImageException(ImageCodes.InputUnfit, "Nothing says which program of the workload to start; name it as workload.arguments.");
        }

        var path = environment.First(variable => variable.StartsWith("PATH=", StringComparison.Ordinal))["PATH=".Length..];
        return new WorkloadStart([Locate(arguments[0], path, directory, tree), .. arguments.Skip(1)], [.. environment], directory);
    }

    // Resolved here, so that the image says which file runs.
    static string Locate(string program, string path, string directory, FileTree tree)
    {
        IEnumerable<string> candidates = program.StartsWith('/') ? [program]
            : program.Contains('/', StringComparison.Ordinal) ? [$"{directory}/{program}"]
            : path.Split(':').Where(folder => folder.StartsWith('/')).Select(folder => $"{folder}/{program}");
        foreach (var candidate in candidates)
        {
            var normal = System.IO.Path.GetFullPath(candidate);
            if (TreeLinks.Resolve(tree, normal.TrimStart('/'), followLast: true) is { } found && tree[found] is TreeNode.File { IsExecutable: true })
            {
                return normal;
            }
        }

        throw new ImageException(ImageCodes.InputUnfit, $"The workload holds no executable \"{Printable.Escape(program)}\".");
    }
}
