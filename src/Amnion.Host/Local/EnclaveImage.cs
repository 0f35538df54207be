using System.Collections.Immutable;
using System.Runtime.Versioning;
using System.Text;
using Amnion.Records;

namespace Amnion.Host.Local;

/// <summary>The enclave program as files: measures a published program directory, or stages a private copy that is what was measured.</summary>
[SupportedOSPlatform("linux")]
public sealed class EnclaveImage
{
    /// <summary>The executable's name in the program directory.</summary>
    public const string ProgramName = "amnion-enclave";

    EnclaveImage(string? root, ImageListing program, ImageListing libraries)
    {
        Root = root;
        Program = program;
        Libraries = libraries;
    }

    /// <summary>The staged copy: "app" and "lib" stand in it; null where the program was only measured.</summary>
    internal string? Root { get; }

    internal ImageListing Program { get; }

    internal ImageListing Libraries { get; }

    /// <summary>
    /// Registers 0, 1 and 2 that the program in <paramref name="directory"/> will have on this machine in a complete sandbox: the Reference
    /// Values for a policy, taken from build output. Register 1 covers this system's shared libraries.
    /// </summary>
    /// <exception cref="EnclaveImageException">The directory cannot be measured.</exception>
    public static ImageMeasurement Measure(string directory) => Read(directory, null).Measure(Sandbox.Complete);

    /// <summary>As <see cref="Measure(string)"/>, in a sandbox with only some layers: register 1 names them.</summary>
    /// <exception cref="EnclaveImageException">The directory cannot be measured.</exception>
    public static ImageMeasurement Measure(string directory, SandboxReport sandbox) => Read(directory, null).Measure(sandbox);

    /// <summary>Copies the program and the shared libraries it needs under <paramref name="root"/>, hashing the bytes as they are copied.</summary>
    internal static EnclaveImage Stage(string directory, string root) => Read(directory, root);

    /// <summary>The registers under a sandbox with these layers.</summary>
    internal ImageMeasurement Measure(SandboxReport sandbox)
    {
        var program = Program.ToBytes();
        var profile = SandboxProfile.Describe(sandbox, Libraries);
        return new ImageMeasurement
        {
            Registers = ImmutableSortedDictionary<int, Digest>.Empty
                .Add(0, ImageMeasurement.OfContent(program))
                .Add(1, ImageMeasurement.OfContent(profile))
                .Add(2, ImageMeasurement.OfContent(Program.Libraries.ToBytes())),
            Program = Encoding.ASCII.GetString(program),
            Sandbox = Encoding.ASCII.GetString(profile),
        };
    }

    static EnclaveImage Read(string directory, string? root)
    {
        var program = ImageListing.Read(directory, root is null ? null : Path.Combine(root, "app"));
        if (!program.Files.Any(file => file.Path == ProgramName && file.Executable))
        {
            throw new EnclaveImageException(HostCodes.ImageMissing, $"\"{directory}\" holds no executable \"{ProgramName}\".");
        }

        var files = program.Files.Select(file => Path.Combine(root is null ? directory : Path.Combine(root, "app"), file.Path));
        var target = root is null ? null : Path.Combine(root, "lib");
        if (target is not null)
        {
            Directory.CreateDirectory(target, RunDirectory.Private);
        }

        return new EnclaveImage(root, program, ImageListing.ReadFiles(RuntimeLibraries.Find(files), target));
    }
}
