using System.Collections.Immutable;
using System.Runtime.Versioning;
using Amnion.Attestation;
using Amnion.Host.Local;
using Amnion.Records;

namespace Amnion.Cli.Deployment;

/// <summary>
/// The published enclave program and its Reference Values. Those were written by the build, beside the program and before anything
/// ran it: a program replaced later, even before its first start, does not match them.
/// </summary>
sealed class ProgramDirectory
{
    const string Format = "amnion/measurements/1";

    ProgramDirectory(string path, ImmutableSortedDictionary<int, ImmutableArray<Measurement>> registers)
    {
        Location = path;
        Registers = registers;
    }

    public string Location { get; }

    /// <summary>Registers 0, 1 and 2 as the build measured them.</summary>
    public ImmutableSortedDictionary<int, ImmutableArray<Measurement>> Registers { get; }

    /// <summary>The program the launcher built, or the one AMNION_PROGRAM names.</summary>
    public static ProgramDirectory Open(string? named = null)
    {
        var path = named ?? Environment.GetEnvironmentVariable("AMNION_PROGRAM") ?? System.IO.Path.Combine(AppContext.BaseDirectory, "..", "enclave");
        path = System.IO.Path.GetFullPath(path);
        var measurements = MeasurementsOf(path);
        if (!Directory.Exists(path) || !File.Exists(measurements))
        {
            throw new CliException(ExitCode.Unsupported, $"the enclave program or its build-time measurements are missing at \"{path}\"", "start amnion through the launcher ./amnion, which builds both, or set AMNION_PROGRAM", CliCodes.ProgramMissing);
        }

        try
        {
            using var document = CanonicalJson.Parse(File.ReadAllBytes(measurements), 64 * 1024, Format);
            var reader = new JsonObjectReader(document.RootElement, Format);
            reader.Constant("format", Format);
            var registers = reader.Object("registers");
            return new ProgramDirectory(path, registers.Names(32).ToImmutableSortedDictionary(
                name => int.Parse(name, System.Globalization.CultureInfo.InvariantCulture),
                name => ImmutableArray.Create(Measurement.FromHex(registers.Text(name)))));
        }
        catch (FormatException e)
        {
            throw new CliException(ExitCode.Malformed, $"the build-time measurements \"{measurements}\" cannot be read ({e.Message})", "remove the folder artifacts and start ./amnion again", CliCodes.FileUnreadable, e);
        }
    }

    /// <summary>
    /// This program in the sandbox this machine gives. Where layers are missing that is refused, unless the person said otherwise: then
    /// register 1 is measured for the weaker sandbox, which policies name from then on.
    /// </summary>
    /// <exception cref="CliException">Layers are missing, and nobody allowed it.</exception>
    [SupportedOSPlatform("linux")]
    public async Task<ProgramDirectory> ForLayersAsync(bool allowMissing, CancellationToken cancellation)
    {
        var layers = await SandboxCheck.LayersAsync(cancellation).ConfigureAwait(false);
        if (layers.IsComplete)
        {
            return this;
        }

        return allowMissing
            ? new ProgramDirectory(Location, Registers.SetItem(1, [new Measurement(EnclaveImage.Measure(Location, layers).Registers[1].Bytes)]))
            : throw new CliException(ExitCode.Unsupported, $"layers of the sandbox are missing here: {layers}", "run amnion doctor; or pass --dangerous-allow-missing-layers", CliCodes.LayerMissing);
    }

    /// <summary>The program at another place, with the values that were measured for this one.</summary>
    public ProgramDirectory At(string location) => new(location, Registers);

    /// <summary>Where the measurements of a program directory stand.</summary>
    public static string MeasurementsOf(string path) => System.IO.Path.TrimEndingDirectorySeparator(path) + ".measurements.json";

    /// <summary>Measures a program directory and writes its Reference Values; part of the build.</summary>
    [SupportedOSPlatform("linux")]
    public static void WriteMeasurements(string path)
    {
        var measured = EnclaveImage.Measure(path);
        File.WriteAllBytes(MeasurementsOf(path), CanonicalJson.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteStartObject("registers");
            foreach (var (register, value) in measured.Registers)
            {
                json.WriteString(register.ToString(System.Globalization.CultureInfo.InvariantCulture), value.Hex);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }));
    }
}
