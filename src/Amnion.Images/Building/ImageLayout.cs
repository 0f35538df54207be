using System.Collections.Immutable;
using System.Runtime.Versioning;
using System.Text;
using Amnion.Images.Content;
using Amnion.Images.Explaining;
using Amnion.Images.Oci;
using Amnion.Images.Tree;
using Amnion.Records;

namespace Amnion.Images.Building;

/// <summary>Where everything stands inside an image. docs/specs/image.md §2.</summary>
[SupportedOSPlatform("linux")]
static class ImageLayout
{
    public const string Program = "app/amnion-enclave";
    public const string EngineFolder = "app/lib";
    public const string Configuration = "etc/amnion/image.json";
    public const string Filter = "etc/amnion/filter.bpf";
    public const string Guard = "etc/amnion/guard.policy";

    /// <summary>
    /// The command line once more. Registers hash kernel, command line and ramdisks one after the other without their lengths, so that a host could move bytes from one to
    /// the next; PID 1 compares this file, which no such move reaches, with what the kernel was given. docs/specs/image.md §3.
    /// </summary>
    public const string CommandLine = ImageContents.CommandLineFile;

    public const string WorkloadRoot = "workload";
    public const string WorkloadArguments = "etc/amnion/workload.argv";
    public const string WorkloadEnvironment = "etc/amnion/workload.env";
    public const string WorkloadDirectory = "etc/amnion/workload.cwd";

    /// <summary>PID 1 loads it before it opens /dev/nsm.</summary>
    public const string Module = "nsm.ko";

    /// <summary>Mount points and folders that PID 1 needs.</summary>
    static readonly ImmutableArray<string> Folders = ["app", "dev", "etc", "lib", "proc", "run", "sys", "tmp"];

    // What PID 1 reads of each file about the workload (eng/init/init.c, largest_file and most_strings: one less of each), and what a kernel takes as a path.
    const int MaxStringsLength = (64 * 1024) - 1;
    const int MaxStrings = 1023;

    /// <summary>Builds of the engine for processors that no server with enclaves has; the engine takes the best of those that are there.</summary>
    static readonly ImmutableArray<string> OtherProcessors = ["alderlake", "cannonlake", "cooperlake", "ivybridge", "piledriver", "sandybridge", "sse42"];

    /// <summary>Mount points in the foreign root file system.</summary>
    static readonly ImmutableArray<string> WorkloadFolders = ["dev", "proc", "run", "run/amnion", "sys", "tmp"];

    /// <summary>reboot=k and i8042.* spare a search for a keyboard; console is the only one there is. AWS's own line.</summary>
    public const string CommandLineX64 = "reboot=k panic=30 pci=off nomodules console=ttyS0 i8042.noaux i8042.nomux i8042.nopnp i8042.dumbkbd random.trust_cpu=on";

    /// <summary>The same without what only PCs have.</summary>
    public const string CommandLineArm64 = "reboot=k panic=30 pci=off nomodules console=ttyS0 random.trust_cpu=on";

    public static FileTree Bootstrap(ImageBuildRequest request)
    {
        var tree = new FileTree();
        foreach (var folder in Folders)
        {
            tree.AddDirectory(folder);
        }

        tree.Add("init", new TreeNode.File(request.Init, isExecutable: true));
        if (request.Module is { } module)
        {
            tree.Add(Module, new TreeNode.File(KernelModule.Check(module, request.Specification.Architecture), isExecutable: false));
        }

        tree.Add("dev/console", new TreeNode.Device(5, 1, 0b110_000_000));
        return tree;
    }

    /// <summary>The application's tree, and for each library the file on this system it came from.</summary>
    public static (FileTree Tree, Dictionary<string, string> Libraries) Application(ImageBuildRequest request, byte[] commandLine)
    {
        var tree = new FileTree();
        AddProgram(request, tree);
        var libraries = AddLibraries(request, tree);
        var guard = request.GuardPolicy is { } policy ? policy.Sha384() : (Digest?)null;
        tree.AddFile(Configuration, request.Specification.Resolve(guard, request.Workload is null ? null : request.Specification.Workload).ToJson());
        tree.AddFile(Filter, request.Filter.ToArray());
        tree.AddFile(CommandLine, commandLine);
        if (request.GuardPolicy is { } content)
        {
            tree.Add(Guard, new TreeNode.File(content, isExecutable: false));
        }

        if (request.Workload is { } workload)
        {
            AddWorkload(workload, tree);
        }

        return (tree, libraries);
    }

    static void AddProgram(ImageBuildRequest request, FileTree tree)
    {
        DirectoryReader.Read(request.Runtime, tree, "app", links: false, new HashSet<string>());
        foreach (var processor in OtherProcessors)
        {
            tree.Remove($"{EngineFolder}/libggml-cpu-{processor}.so");
        }

        if (tree[Program] is not TreeNode.File { IsExecutable: true } program)
        {
            throw new ImageException(ImageCodes.InputUnfit, $"The folder \"{request.Runtime}\" holds no executable \"amnion-enclave\".");
        }

        var machine = request.Specification.Architecture == ImageArchitecture.Arm64 ? ElfFile.MachineArm64 : ElfFile.MachineX64;
        foreach (var (name, content) in (ReadOnlySpan<(string, ImageContent)>)[("amnion-enclave", program.Content), ("init", request.Init)])
        {
            if (ElfFile.Read(content.ToArray((int)LibraryClosure.MaxLength)) is { } elf && elf.Machine != machine)
            {
                throw new ImageException(ImageCodes.InputUnfit, $"\"{name}\" is for another processor than the image.");
            }
        }
    }

    static Dictionary<string, string> AddLibraries(ImageBuildRequest request, FileTree tree)
    {
        var program = tree.Entries.Where(entry => entry.Value is TreeNode.File).Select(entry => Path.Combine(request.Runtime, entry.Key["app/".Length..]));
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, library) in LibraryClosure.Find(program, request.Specification.Architecture, request.LibraryRoots))
        {
            var path = library.Interpreter?.TrimStart('/') ?? $"lib/{name}";
            tree.Add(path, new TreeNode.File(ImageContent.FromFile(library.File), isExecutable: true));
            files.Add(path, library.File);
        }

        return files;
    }

    static void AddWorkload(Workload workload, FileTree tree)
    {
        foreach (var (path, node) in workload.Tree.Entries)
        {
            tree.Add($"{WorkloadRoot}/{path}", node);
        }

        foreach (var folder in WorkloadFolders)
        {
            tree.AddDirectory($"{WorkloadRoot}/{folder}");
        }

        // Containers get this file from their engine; without it "localhost" has no address.
        if (tree[$"{WorkloadRoot}/etc/hosts"] is null or TreeNode.File { Content.Length: 0 })
        {
            tree.Remove($"{WorkloadRoot}/etc/hosts");
            tree.AddFile($"{WorkloadRoot}/etc/hosts", "127.0.0.1 localhost\n"u8.ToArray());
        }

        tree.AddFile(WorkloadArguments, Strings("arguments", workload.Arguments));
        tree.AddFile(WorkloadEnvironment, Strings("environment", workload.Environment));
        var directory = Encoding.UTF8.GetBytes(workload.Directory);
        tree.AddFile(WorkloadDirectory, directory.Length <= TreePath.MaxLength && !directory.Contains((byte)0)
            ? directory
            : throw new ImageException(ImageCodes.InputUnfit, $"The workload's directory is longer than {TreePath.MaxLength} bytes or holds a NUL."));
    }

    static byte[] Strings(string what, ImmutableArray<string> texts)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(texts.Select(text => text + "\0")));
        return texts.Length <= MaxStrings && bytes.Length <= MaxStringsLength
            ? bytes
            : throw new ImageException(ImageCodes.InputUnfit, $"The workload's {what} are {texts.Length} texts of {bytes.Length} bytes; PID 1 takes {MaxStrings} of {MaxStringsLength}.");
    }
}
