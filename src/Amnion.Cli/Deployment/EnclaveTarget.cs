using System.Collections.Immutable;
using System.Runtime.Versioning;
using Amnion.Attestation;
using Amnion.Attestation.Nitro;
using Amnion.Cli.Enclaves;
using Amnion.Cli.State;
using Amnion.Host;
using Amnion.Host.Local;
using Amnion.Host.Nitro;
using Amnion.Host.Qemu;

namespace Amnion.Cli.Deployment;

/// <summary>What is started and where: a platform, and the Reference Values that policies name for it. They come from a build, never from what runs.</summary>
[SupportedOSPlatform("linux")]
abstract record EnclaveTarget
{
    EnclaveTarget()
    {
    }

    /// <summary>The platform's name, as policies and bundles spell it.</summary>
    public abstract string Platform { get; }

    /// <summary>The values that policies name.</summary>
    public abstract ImmutableSortedDictionary<int, ImmutableArray<Measurement>> Registers { get; }

    /// <summary>The image that will serve; null where the program does without one.</summary>
    public virtual EnclaveImageFacts? Facts => null;

    /// <summary>The options that name this target again, for another process.</summary>
    public abstract IReadOnlyList<string> Arguments { get; }

    /// <summary>Where a register's value comes from, for people.</summary>
    public abstract string OriginOf(int register);

    /// <summary>The root that policies name for it.</summary>
    public virtual string AnchorOf(AmnionHome home) => DevelopmentAnchor.Of(home);

    /// <summary>The platform with its state in <paramref name="home"/>; the caller disposes it where it is disposable.</summary>
    /// <param name="home">Where run directories and the development root are.</param>
    /// <param name="weightsLength">Bytes of weights there must be room for.</param>
    public abstract IEnclavePlatform Open(AmnionHome home, long weightsLength);

    /// <summary>The target that a command line names.</summary>
    /// <param name="platform">"local", "qemu" or "nitro".</param>
    /// <param name="program">The enclave program's folder, for local; null for the built one.</param>
    /// <param name="image">The image, for qemu and nitro; null for the built one.</param>
    /// <param name="allowMissing">Whether layers of the sandbox may be missing.</param>
    /// <param name="cancellation">Ends the probe of the sandbox.</param>
    /// <exception cref="CliException">Something is missing, or the options do not go together.</exception>
    public static async Task<EnclaveTarget> ChooseAsync(string platform, string? program, string? image, bool allowMissing, CancellationToken cancellation) => platform switch
    {
        AttestationPlatform.Local when image is null => new Local(await ProgramDirectory.Open(program).ForLayersAsync(allowMissing, cancellation).ConfigureAwait(false), allowMissing),
        AttestationPlatform.Local => throw new CliException(ExitCode.Malformed, "the platform local runs the program, not an image", "leave --image out, or pass --platform qemu", CliCodes.PlatformOptions),
        AttestationPlatform.Qemu when program is null && !allowMissing => Qemu.Open(image),
        AttestationPlatform.Nitro when program is null && !allowMissing => Nitro.Open(image),
        AttestationPlatform.Qemu or AttestationPlatform.Nitro => throw new CliException(ExitCode.Malformed, "--program and --dangerous-allow-missing-layers are for the platform local", "leave them out, or pass --platform local", CliCodes.PlatformOptions),
        _ => throw new CliException(ExitCode.Malformed, $"there is no platform \"{platform}\" to start here", "pass --platform local, qemu or nitro", CliCodes.PlatformOptions),
    };

    /// <summary>The enclave program in this machine's sandbox.</summary>
    public sealed record Local(ProgramDirectory Program, bool AllowMissingLayers) : EnclaveTarget
    {
        readonly ImmutableSortedDictionary<int, ImmutableArray<Measurement>> _built = ProgramDirectory.Open(Program.Location).Registers;

        public override string Platform => AttestationPlatform.Local;

        public override ImmutableSortedDictionary<int, ImmutableArray<Measurement>> Registers => Program.Registers;

        public override IReadOnlyList<string> Arguments => ["--platform", Platform, "--program", Program.Location, .. AllowMissingLayers ? ["--dangerous-allow-missing-layers"] : Array.Empty<string>()];

        public override string OriginOf(int register) => Registers[register].SequenceEqual(_built[register]) ? "from the build" : "for a sandbox without the missing layers";

        public override IEnclavePlatform Open(AmnionHome home, long weightsLength) =>
            new LocalPlatform(new LocalPlatformOptions { ProgramDirectory = Program.Location, Home = home.Root, DangerousAllowMissingLayers = AllowMissingLayers }, TimeProvider.System);
    }

    static ImmutableSortedDictionary<int, ImmutableArray<Measurement>> ValuesOf(EnclaveImageFacts facts) =>
        facts.Registers.ToImmutableSortedDictionary(pair => pair.Key, pair => ImmutableArray.Create(new Measurement(pair.Value.Bytes)));

    /// <summary>An image under QEMU's nitro-enclave machine.</summary>
    public sealed record Qemu(string Image, QemuTools Tools) : EnclaveTarget
    {
        public override string Platform => AttestationPlatform.Qemu;

        // Read once: a copy that was altered is expected to be what the original is.
        public override EnclaveImageFacts Facts { get; } = EnclaveImageFacts.Read(Image, TimeProvider.System.GetUtcNow());

        public override ImmutableSortedDictionary<int, ImmutableArray<Measurement>> Registers => ValuesOf(Facts);

        /// <summary>This image, or the one that the launcher built; QEMU and what goes with it must be there.</summary>
        /// <exception cref="CliException">Something is missing.</exception>
        public static Qemu Open(string? image)
        {
            var path = image ?? Artifacts.Image;
            if (!File.Exists(path))
            {
                throw new CliException(ExitCode.Unsupported, $"the image \"{path}\" does not exist", "./amnion demo --platform qemu builds it; or pass --image FILE, which amnion image build writes", CliCodes.ImageMissing);
            }

            var tools = QemuTools.In(Artifacts.Qemu);
            return tools.Missing() is { Count: > 0 } missing
                ? throw new CliException(ExitCode.Unsupported, $"the platform qemu needs {string.Join(", ", missing.Select(file => $"\"{file}\""))}", "./amnion demo --platform qemu builds it; or run eng/qemu/build.sh", HostCodes.QemuMissing)
                : new Qemu(Path.GetFullPath(path), tools);
        }

        public override IReadOnlyList<string> Arguments => ["--platform", Platform, "--image", Image];

        public override string OriginOf(int register) => "from the image file";

        public override IEnclavePlatform Open(AmnionHome home, long weightsLength) =>
            new QemuPlatform(new QemuPlatformOptions { Image = Image, Tools = Tools, Home = home.Root, WeightsLength = weightsLength }, TimeProvider.System);
    }

    /// <summary>An image on an EC2 instance. Its documents are AWS's own.</summary>
    public sealed record Nitro(EnclaveImageFacts Image) : EnclaveTarget
    {
        public override EnclaveImageFacts Facts => Image;

        public override string Platform => AttestationPlatform.Nitro;

        public override ImmutableSortedDictionary<int, ImmutableArray<Measurement>> Registers => ValuesOf(Facts);

        /// <summary>This image, or the one that the launcher built.</summary>
        /// <exception cref="CliException">It is missing, or the machine has no driver.</exception>
        public static Nitro Open(string? image)
        {
            var path = image ?? Artifacts.Image;
            if (!File.Exists(path))
            {
                throw new CliException(ExitCode.Unsupported, $"the image \"{path}\" does not exist", "pass --image FILE, which amnion image build writes", CliCodes.ImageMissing);
            }

            _ = EnclavePlatforms.Capacity(AttestationPlatform.Nitro);
            return new Nitro(EnclaveImageFacts.Read(path, TimeProvider.System.GetUtcNow()));
        }

        public override IReadOnlyList<string> Arguments => ["--platform", Platform, "--image", Facts.Path];

        public override string AnchorOf(AmnionHome home) => NitroRoots.AwsRootG1.KeyDigest.ToTaggedString();

        public override string OriginOf(int register) => "from the image file";

        public override IEnclavePlatform Open(AmnionHome home, long weightsLength)
        {
            var host = EnclavePlatforms.Capacity(Platform);
            var resources = EnclaveResources.Compute(
                new EnclaveResourceRequest
                {
                    Platform = Platform,
                    ImageBytes = Facts.Bytes,
                    RamdiskBytes = Facts.RamdiskBytes,

                    // The dimensions are inside the sealed weights: caches are taken for a quarter of them, as on qemu.
                    ModelBytes = checked(weightsLength + (weightsLength / 4)),
                    MemoryMebibytes = Facts.Configuration is { MemoryMib: > 0 and var stated } ? stated : null,
                    Cpus = Facts.Configuration?.Cpus,
                    CpusInUse = [.. new EnclaveRecords(home).All().SelectMany(record => record.CpuIds)],
                },
                host);
            return new NitroPlatform(
                new NitroPlatformOptions { Image = Facts.Path, MemoryBytes = resources.MemoryBytes, Cpus = resources.Cpus, Node = host.Node, Registers = Facts.Registers },
                TimeProvider.System);
        }
    }
}
