using System.Collections.Immutable;
using Amnion.Models.Manifest;
using Amnion.Records;

namespace Amnion.Models.Sealed;

/// <summary>A sealed model on disk (docs/specs/sealed-model.md): "manifest.json", "model.sig" and "files/NAME.sealed". It needs no protection.</summary>
public sealed class SealedModelPackage
{
    /// <summary>The manifest's file name.</summary>
    public const string ManifestName = "manifest.json";

    /// <summary>The signature bundle's file name.</summary>
    public const string SignatureName = "model.sig";

    /// <summary>The folder of sealed files.</summary>
    public const string FilesName = "files";

    /// <summary>Bytes of a signature bundle: a whole manifest in base64, and room for the rest.</summary>
    public const int MaxSignatureLength = 2 << 20;

    // Links are not followed: they could lead in circles. A file that is named is found through one all the same.
    static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false };

    SealedModelPackage(string directory, ModelManifest manifest, byte[] signature)
    {
        Directory = directory;
        Manifest = manifest;
        Signature = signature;
        Files = [.. manifest.Content.Files.Select(file => new SealedFile(file, PathOf(directory, file.Name)))];
    }

    /// <summary>The package's folder.</summary>
    public string Directory { get; }

    /// <summary>The manifest. Nothing vouches for it until its signature is verified.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>The signature bundle's bytes, not verified.</summary>
    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>The sealed files, sorted by name.</summary>
    public ImmutableArray<SealedFile> Files { get; }

    /// <summary>Opens a package: parses the manifest and compares the folder with it. Neither signature nor content is verified.</summary>
    /// <exception cref="SealedPackageException">A file is missing, of another length, or not named by the manifest.</exception>
    /// <exception cref="ManifestFormatException">The manifest is malformed.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static SealedModelPackage Open(string directory)
    {
        var package = OpenManifest(directory);
        package.CheckFiles();
        return package;
    }

    /// <summary>
    /// Opens a package whose sealed files may lie elsewhere, under the same names: parses the manifest and looks at nothing beside it and the
    /// signature. Neither of the two is verified.
    /// </summary>
    /// <exception cref="SealedPackageException">Manifest or signature is missing or too long.</exception>
    /// <exception cref="ManifestFormatException">The manifest is malformed.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static SealedModelPackage OpenManifest(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        var full = Path.GetFullPath(directory);
        var manifest = ModelManifest.Parse(ReadSmall(full, ManifestName, ModelManifest.MaxLength));
        return new SealedModelPackage(full, manifest, ReadSmall(full, SignatureName, MaxSignatureLength));
    }

    /// <summary>Where a sealed file lies below a package's folder, with slashes: "files/NAME.sealed".</summary>
    /// <param name="name">Its name in the manifest.</param>
    public static string RelativePathOf(string name) => $"{FilesName}/{name}{ModelFileNames.SealedSuffix}";

    /// <summary>
    /// What a sealed file is bound to, as the associated data of its stream: canonical JSON {"length", "manifest", "path"}. A file
    /// renamed, of another model, or of another length does not open.
    /// </summary>
    /// <param name="manifest">SHA-384 of the manifest.</param>
    /// <param name="path">The file's name in the manifest.</param>
    /// <param name="length">Bytes of the plain file.</param>
    public static byte[] AssociatedData(Digest manifest, string path, long length) => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("length", length);
        json.WriteDigest("manifest", manifest);
        json.WriteString("path", path);
        json.WriteEndObject();
    });

    internal static string PathOf(string directory, string name) =>
        Path.Combine(directory, FilesName, (name + ModelFileNames.SealedSuffix).Replace('/', Path.DirectorySeparatorChar));

    static byte[] ReadSmall(string directory, string name, int max)
    {
        var path = Path.Combine(directory, name);
        if (!File.Exists(path))
        {
            throw new SealedPackageException(ModelCodes.PackageFiles, $"\"{directory}\" holds no {name}; expected a sealed model package.");
        }

        using var stream = File.OpenRead(path);
        if (stream.Length > max)
        {
            throw new SealedPackageException(ModelCodes.PackageLength, $"{name} has {stream.Length} bytes; at most {max} are accepted.");
        }

        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    void CheckFiles()
    {
        var expected = Files.Select(file => file.Path).Append(Path.Combine(Directory, ManifestName)).Append(Path.Combine(Directory, SignatureName)).ToHashSet(StringComparer.Ordinal);
        foreach (var path in System.IO.Directory.EnumerateFiles(Directory, "*", Everything))
        {
            if (!expected.Contains(path))
            {
                throw new SealedPackageException(ModelCodes.PackageFiles, "The package holds a file that its manifest does not name.");
            }
        }

        foreach (var file in Files)
        {
            var info = new FileInfo(file.Path);
            if (!info.Exists)
            {
                throw new SealedPackageException(ModelCodes.PackageFiles, $"The package lacks \"{file.Name}\".");
            }

            if (info.Length != file.SealedLength)
            {
                throw new SealedPackageException(ModelCodes.PackageLength, $"\"{file.Name}\" is sealed in {info.Length} bytes; expected {file.SealedLength}.");
            }
        }
    }
}
