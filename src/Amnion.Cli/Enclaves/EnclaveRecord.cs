using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.Versioning;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Images;
using Amnion.Records;

namespace Amnion.Cli.Enclaves;

/// <summary>One enclave that `amnion enclave run` started: what `list` shows, and which process holds it. "amnion/enclave-state/1".</summary>
[SupportedOSPlatform("linux")]
sealed record EnclaveRecord
{
    /// <summary>The format's name.</summary>
    public const string Format = "amnion/enclave-state/1";

    /// <summary>Bytes of the JSON at most.</summary>
    public const int MaxLength = 64 * 1024;

    const int MostCpus = 4096;

    /// <summary>Its name on this machine.</summary>
    public required string Name { get; init; }

    /// <summary>"nitro" or "qemu".</summary>
    public required string Platform { get; init; }

    /// <summary>The process that holds it.</summary>
    public required ProcessMark Process { get; init; }

    /// <summary>True while it comes up: it has no identifier yet.</summary>
    public bool IsStarting { get; init; }

    /// <summary>The security module's identifier, as its documents name it; empty while it comes up.</summary>
    public string Id { get; init; } = "";

    /// <summary>vsock context identifier; 0 while it comes up.</summary>
    public uint Cid { get; init; }

    /// <summary>Number of processors.</summary>
    public required int Cpus { get; init; }

    /// <summary>Processors out of the host's pool; empty where the host gives none away.</summary>
    public ImmutableArray<int> CpuIds { get; init; } = [];

    /// <summary>Memory, MiB.</summary>
    public required long MemoryMebibytes { get; init; }

    /// <summary>True where it has a console, and on nitro zero registers.</summary>
    public required bool IsDebug { get; init; }

    /// <summary>The image file.</summary>
    public required string Image { get; init; }

    /// <summary>Registers as measured from the image.</summary>
    public required ImmutableSortedDictionary<int, Digest> Registers { get; init; }

    /// <summary>The file its console is written to; empty where there is none.</summary>
    public string Console { get; init; } = "";

    /// <summary>Parses strictly.</summary>
    /// <exception cref="RecordFormatException">Anything the format does not allow.</exception>
    public static EnclaveRecord Parse(ReadOnlySpan<byte> json)
    {
        using var document = CanonicalJson.Parse(json, MaxLength, Format);
        var reader = new JsonObjectReader(document.RootElement, Format);
        reader.Constant("format", Format);
        var registers = reader.Object("registers");
        var record = new EnclaveRecord
        {
            Name = reader.Text("name", EnclaveRecords.LongestName),
            Platform = reader.Text("platform", 16),
            Process = new ProcessMark((int)reader.Integer("pid", 1, int.MaxValue), Number(reader, "started"), reader.Text("boot", 64)),
            IsStarting = reader.Flag("starting"),
            Id = reader.Text("id", 256),
            Cid = (uint)reader.Integer("cid", 0, uint.MaxValue),
            Cpus = (int)reader.Integer("cpus", 1, MostCpus),
            CpuIds = reader.Array("cpu_ids", MostCpus, (item, path) => item.TryGetInt32(out var id) && id >= 0 ? id : throw new RecordFormatException(Format, path, "must be a processor's number")),
            MemoryMebibytes = Number(reader, "memory_mib"),
            IsDebug = reader.Flag("debug"),
            Image = reader.Text("image", 4096),
            Registers = registers.Names(32).ToImmutableSortedDictionary(name => Register(registers, name), registers.Digest),
            Console = reader.Text("console", 4096),
        };
        reader.End();
        return record;
    }

    /// <summary>The canonical JSON.</summary>
    public byte[] ToJson() => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteString("name", Name);
        json.WriteString("platform", Platform);
        json.WriteNumber("pid", Process.Id);
        json.WriteString("started", Process.Started.ToString(CultureInfo.InvariantCulture));
        json.WriteString("boot", Process.Boot);
        json.WriteBoolean("starting", IsStarting);
        json.WriteString("id", Id);
        json.WriteNumber("cid", Cid);
        json.WriteNumber("cpus", Cpus);
        json.WriteStartArray("cpu_ids");
        foreach (var id in CpuIds)
        {
            json.WriteNumberValue(id);
        }

        json.WriteEndArray();
        json.WriteString("memory_mib", MemoryMebibytes.ToString(CultureInfo.InvariantCulture));
        json.WriteBoolean("debug", IsDebug);
        json.WriteString("image", Image);
        json.WriteStartObject("registers");
        foreach (var (register, value) in Registers)
        {
            json.WriteDigest(register.ToString(CultureInfo.InvariantCulture), value);
        }

        json.WriteEndObject();
        json.WriteString("console", Console);
        json.WriteEndObject();
    });

    /// <summary>What nitro-cli's run-enclave prints, and two members of ours at the end.</summary>
    public void WriteRun(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteShared(json);
        WriteOwn(json);
        json.WriteEndObject();
    }

    /// <summary>What nitro-cli's describe-enclaves prints of one enclave, and two members of ours at the end.</summary>
    public void WriteDescription(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteShared(json);
        json.WriteString("State", IsStarting ? "EMPTY" : "RUNNING");
        json.WriteString("Flags", IsDebug ? "DEBUG_MODE" : "NONE");
        json.WriteStartObject("Measurements");
        json.WriteString("HashAlgorithm", ImageRegisters.HashAlgorithm);
        foreach (var (register, value) in Registers)
        {
            json.WriteString(string.Create(CultureInfo.InvariantCulture, $"PCR{register}"), value.Hex);
        }

        json.WriteEndObject();
        WriteOwn(json);
        json.WriteEndObject();
    }

    /// <summary>What nitro-cli's terminate-enclave prints.</summary>
    public void WriteTermination(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("EnclaveName", Name);
        json.WriteString("EnclaveID", Id);
        json.WriteBoolean("Terminated", true);
        json.WriteEndObject();
    }

    // Members and their order as nitro-cli 1.5 writes them.
    void WriteShared(Utf8JsonWriter json)
    {
        json.WriteString("EnclaveName", Name);
        json.WriteString("EnclaveID", Id);
        json.WriteNumber("ProcessID", Process.Id);
        json.WriteNumber("EnclaveCID", Cid);
        json.WriteNumber("NumberOfCPUs", Cpus);
        json.WriteStartArray("CPUIDs");
        foreach (var id in CpuIds)
        {
            json.WriteNumberValue(id);
        }

        json.WriteEndArray();
        json.WriteNumber("MemoryMiB", MemoryMebibytes);
    }

    void WriteOwn(Utf8JsonWriter json)
    {
        json.WriteString(nameof(Platform), Platform);
        json.WriteBoolean("Emulated", AttestationPlatform.IsEmulated(Platform));
    }

    static long Number(JsonObjectReader reader, string name) =>
        long.TryParse(reader.Text(name, 20), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw reader.Refuse(name, "must be a number");

    static int Register(JsonObjectReader registers, string name) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var register) && register < 32 ? register : throw registers.Refuse(name, "must be a register's number");
}
