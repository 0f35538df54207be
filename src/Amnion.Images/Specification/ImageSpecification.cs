using Amnion.Records;

namespace Amnion.Images.Specification;

/// <summary>The declarative file of an image ("amnion.yaml" or JSON), resolved: what is absent has its default. docs/specs/image.md §5.</summary>
public sealed record ImageSpecification
{
    /// <summary>The format's name, which the file may state.</summary>
    public const string Format = "amnion/image-spec/1";

    /// <summary>The engine that this version brings.</summary>
    public const string DefaultEngine = "llama.cpp 0.5.0";

    const int DefaultContext = 4096;
    const int DefaultSlots = 16;
    const int DefaultCpus = 2;
    const int MaxNameLength = 64;

    /// <summary>The image's name: letters, digits, '.', '_' and '-'.</summary>
    public required string Name { get; init; }

    /// <summary>The image's version.</summary>
    public required string Version { get; init; }

    /// <summary>The processor.</summary>
    public required ImageArchitecture Architecture { get; init; }

    /// <summary>Engine name and version.</summary>
    public required string Engine { get; init; }

    /// <summary>Context size of one sequence, tokens.</summary>
    public required int Context { get; init; }

    /// <summary>Sequences decoded at once.</summary>
    public required int Slots { get; init; }

    /// <summary>Most tokens of one answer.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>Engine threads; 0 takes the processors there are.</summary>
    public required int Threads { get; init; }

    /// <summary>"streamed" or "full".</summary>
    public required string Verify { get; init; }

    /// <summary>The only model, by its manifest's SHA-384; null lets the key broker choose.</summary>
    public Digest? Model { get; init; }

    /// <summary>Path of the guard policy, relative to the file; null for none.</summary>
    public string? GuardPolicy { get; init; }

    /// <summary>Processors.</summary>
    public required int Cpus { get; init; }

    /// <summary>Memory, MiB; 0 leaves it to whoever starts the image.</summary>
    public required int MemoryMib { get; init; }

    /// <summary>The kernel's command line; null for the processor's default.</summary>
    public string? CommandLine { get; init; }

    /// <summary>How the foreign program is started; null where the file says nothing.</summary>
    public WorkloadSpecification? Workload { get; init; }

    /// <summary>Parses the file strictly: an unknown key is refused with its line.</summary>
    /// <exception cref="ImageSpecificationException">Anything the schema does not allow.</exception>
    public static ImageSpecification Parse(ReadOnlySpan<byte> file)
    {
        var reader = new SpecificationReader(SpecificationNode.Parse(file), "");
        if (reader.Text("format") is { } format && format != Format)
        {
            throw reader.Refuse("format", $"must be \"{Format}\"");
        }

        var engine = reader.Map("engine");
        var model = reader.Map("model");
        var guard = reader.Map("guard");
        var resources = reader.Map("resources");
        var kernel = reader.Map("kernel");
        var context = engine?.Integer("context", 64, 1 << 20) ?? DefaultContext;
        var specification = new ImageSpecification
        {
            Name = Word(reader, "name") ?? throw new ImageSpecificationException(reader.Line, "name is missing"),
            Version = Word(reader, "version") ?? "0",
            Architecture = ReadArchitecture(reader),
            Engine = engine?.Text("name", MaxNameLength) ?? DefaultEngine,
            Context = context,
            Slots = engine?.Integer("slots", 1, 256) ?? DefaultSlots,
            MaxTokens = engine?.Integer("max_tokens", 1, 1 << 20) ?? context,
            Threads = engine?.Integer("threads", 0, 1024) ?? 0,
            Verify = engine?.Text("verify", 16) ?? "streamed",
            Model = model?.Sha384("manifest"),
            GuardPolicy = guard?.RequiredText("policy", 1024),
            Cpus = resources?.Integer("cpus", 1, 1024) ?? DefaultCpus,
            MemoryMib = resources?.Integer("memory_mib", 64, 1 << 24) ?? 0,
            CommandLine = kernel?.Text("command_line", 2047),
            Workload = reader.Map("workload") is { } workload ? WorkloadSpecification.Read(workload) : null,
        };
        if (specification.Verify is not ("streamed" or "full"))
        {
            throw engine!.Refuse("verify", "must be \"streamed\" or \"full\"");
        }

        CheckEgress(reader);
        foreach (var part in (SpecificationReader?[])[engine, model, guard, resources, kernel, reader])
        {
            part?.End();
        }

        return specification;
    }

    /// <summary>What the image states at /etc/amnion/image.json.</summary>
    /// <param name="guardPolicy">The policy's digest.</param>
    /// <param name="workload">How the workload is started; null without one.</param>
    public ImageConfiguration Resolve(Digest? guardPolicy, WorkloadSpecification? workload) => new()
    {
        Name = Name,
        Version = Version,
        Architecture = NameOf(Architecture),
        Engine = Engine,
        Context = Context,
        Slots = Slots,
        MaxTokens = MaxTokens,
        Threads = Threads,
        Verify = Verify,
        Model = Model,
        Guard = guardPolicy,
        Egress = Digest.Sha384(EgressSchema.ToJson()),
        Cpus = Cpus,
        MemoryMib = MemoryMib,
        WorkloadPort = workload?.Port,
        SharedWorkload = workload is { Shared: true },
    };

    /// <summary>"x86_64" or "aarch64".</summary>
    public static string NameOf(ImageArchitecture architecture) => architecture == ImageArchitecture.Arm64 ? "aarch64" : "x86_64";

    static ImageArchitecture ReadArchitecture(SpecificationReader reader) => reader.Text("architecture") switch
    {
        null or "x86_64" => ImageArchitecture.X64,
        "aarch64" => ImageArchitecture.Arm64,
        _ => throw reader.Refuse("architecture", "must be \"x86_64\" or \"aarch64\""),
    };

    // The schema is compiled into the program; the file can only insist on one.
    static void CheckEgress(SpecificationReader reader)
    {
        var actual = Digest.Sha384(EgressSchema.ToJson());
        if (reader.Text("egress") is { } text && text != EgressSchema.Format && text != actual.ToString())
        {
            throw reader.Refuse("egress", $"must be \"{EgressSchema.Format}\" or \"{actual}\", which is what this version lets out");
        }
    }

    static string? Word(SpecificationReader reader, string key)
    {
        var text = reader.Text(key, MaxNameLength);
        return text is null || text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '+')
            ? text
            : throw reader.Refuse(key, "takes letters, digits, '.', '_', '-' and '+'");
    }
}
