using System.Collections.Immutable;
using Amnion.Attestation;
using Amnion.Images;
using Amnion.Images.Cpio;
using Amnion.Images.Eif;
using Amnion.Images.Signing;
using Amnion.Records;

namespace Amnion.Cli.Enclaves;

/// <summary>What starting and planning need to know of an image file, read and measured once.</summary>
sealed record EnclaveImageFacts
{
    /// <summary>Where an image states what it was built for. docs/specs/image.md §2.</summary>
    const string ConfigurationPath = "etc/amnion/image.json";

    /// <summary>A foreign server's command line, where the image carries one.</summary>
    const string ArgumentsPath = "etc/amnion/workload.argv";

    // Longer than any command line that Linux takes.
    const int MaxArguments = 1024 * 1024;

    /// <summary>Its full path.</summary>
    public required string Path { get; init; }

    /// <summary>Bytes of the file.</summary>
    public required long Bytes { get; init; }

    /// <summary>Bytes of the ramdisks.</summary>
    public required long RamdiskBytes { get; init; }

    /// <summary>The processor it is for.</summary>
    public required ImageArchitecture Architecture { get; init; }

    /// <summary>Registers 0, 1, 2 and, where it is signed, 8.</summary>
    public required ImmutableSortedDictionary<int, Digest> Registers { get; init; }

    /// <summary>What the image says of itself, in what its registers measure; null for a foreign image.</summary>
    public ImageConfiguration? Configuration { get; init; }

    /// <summary>The foreign server it carries, as register 17 will measure it; null where the engine is the enclave program's own.</summary>
    public ImageWorkload? Workload { get; init; }

    /// <summary>True where it is signed.</summary>
    public bool IsSigned => Registers.ContainsKey(8);

    /// <summary>As uname(1) names the processor.</summary>
    public string ArchitectureName => Architecture == ImageArchitecture.Arm64 ? "aarch64" : "x86_64";

    /// <summary>Reads and measures an image; a damaged one, or one whose signature does not hold at that time, is refused as nitro-cli refuses it.</summary>
    /// <exception cref="CliException">It cannot be used.</exception>
    public static EnclaveImageFacts Read(string path, DateTimeOffset at)
    {
        try
        {
            var image = EifImage.Open(System.IO.Path.GetFullPath(path));
            var measured = image.Measure();
            var (configuration, workload) = ReadConfiguration(image);
            if (ImageVerifier.Verify(image, measured, at, ImmutableDictionary<int, ImmutableArray<Digest>>.Empty, requireSignature: false).FirstOrDefault(check => check.Outcome == CheckOutcome.Fail) is { } failed)
            {
                throw new CliException(ExitCode.Rejected, $"the image \"{path}\" is refused: {failed.Name} does not hold (expected {failed.Expected}, found {failed.Actual})", "build or sign it again", failed.Code);
            }

            return new EnclaveImageFacts
            {
                Path = System.IO.Path.GetFullPath(path),
                Bytes = image.Length,
                RamdiskBytes = image.Ramdisks.Sum(ramdisk => ramdisk.Length),
                Architecture = image.Architecture,
                Registers = measured.Registers.ByNumber,
                Configuration = configuration,
                Workload = workload,
            };
        }
        catch (ImageFormatException e)
        {
            throw new CliException(ExitCode.Malformed, $"\"{path}\" is no enclave image: {e.Message}", "pass an EIF file of version 4", e.Code, e);
        }
        catch (RecordFormatException e)
        {
            throw new CliException(ExitCode.Malformed, $"the image \"{path}\" says something of itself that this version cannot read: {e.Message}", "build it again with this version", ImageCodes.InputUnfit, e);
        }
        catch (ImageException e)
        {
            throw new CliException(ExitCode.Malformed, $"the image \"{path}\" cannot be read: {e.Message}", "check the file", e.Code, e);
        }
    }

    // A foreign image has other ramdisks, or compressed ones; it says nothing then.
    static (ImageConfiguration?, ImageWorkload?) ReadConfiguration(EifImage image)
    {
        if (image.Ramdisks.Length < 2 || !CpioReader.IsArchive(image.Ramdisks[1]))
        {
            return default;
        }

        var entries = CpioReader.Read(image.Ramdisks[1]);
        var configuration = Find(ConfigurationPath, ImageConfiguration.MaxLength) is { } json ? ImageConfiguration.Parse(json) : null;
        var workload = configuration is not null && Find(ArgumentsPath, MaxArguments) is { } arguments ? ImageWorkload.Read(configuration, arguments) : null;
        return (configuration, workload);

        byte[]? Find(string path, int most) => entries.FirstOrDefault(entry => entry.Path == path && entry.Kind == CpioKind.File)?.Content.ToArray(most);
    }
}
