using System.Collections.Immutable;
using Amnion.Records;

namespace Amnion.Attestation.ReferenceValues;

/// <summary>Reads Reference Values out of the predicate of a signed statement: Tinfoil SDK specification §5.5. Verify the statement first.</summary>
public static class MeasurementPredicate
{
    /// <summary>Most bytes of a predicate; build details stand beside the measurements.</summary>
    public const int MaxLength = 4 * 1024 * 1024;

    /// <summary>Most machine types of one list.</summary>
    public const int MaxHardware = 256;

    /// <summary>Every register here is SHA-384.</summary>
    const int RegisterLength = 96;

    /// <summary>The measurements of an image, or null; the checks say why. Members beside the measurements are ignored.</summary>
    /// <param name="type">The statement's predicateType.</param>
    /// <param name="predicate">The predicate's JSON text; empty where the statement has none.</param>
    public static MeasurementSet? Read(string type, ReadOnlySpan<byte> predicate, out ImmutableArray<AttestationCheck> checks)
    {
        ArgumentNullException.ThrowIfNull(type);
        return Read(predicate, out checks, reader => type switch
        {
            MeasurementTypes.SevSnp => new MeasurementSet(type, [Register(reader, "snp_measurement")]),
            MeasurementTypes.MultiPlatform => ReadMultiPlatform(type, reader),
            _ => throw reader.Refuse(string.Empty, "is of a type that holds no measurements of an image"),
        });
    }

    /// <summary>The list of machine types of a statement of <see cref="MeasurementTypes.Hardware"/>, or null; the checks say why.</summary>
    /// <param name="type">The statement's predicateType.</param>
    /// <param name="predicate">The predicate's JSON text.</param>
    /// <param name="digest">Digest of the list, put after each name.</param>
    public static IReadOnlyList<HardwareMeasurement>? ReadHardware(string type, ReadOnlySpan<byte> predicate, string digest, out ImmutableArray<AttestationCheck> checks)
    {
        ArgumentNullException.ThrowIfNull(type);
        return Read<IReadOnlyList<HardwareMeasurement>>(predicate, out checks, reader => type == MeasurementTypes.Hardware
            ? [.. reader.Names(MaxHardware).Select(name => (Name: name, Entry: reader.Object(name))).Select(item => new HardwareMeasurement($"{item.Name}@{digest}", Register(item.Entry, "mrtd"), Register(item.Entry, "rtmr0")))]
            : throw reader.Refuse(string.Empty, "is no list of hardware measurements"));
    }

    static MeasurementSet ReadMultiPlatform(string type, JsonObjectReader reader)
    {
        var tdx = reader.Object("tdx_measurement");
        return new MeasurementSet(type, [Register(reader, "snp_measurement"), Register(tdx, "rtmr1"), Register(tdx, "rtmr2")]);
    }

    static string Register(JsonObjectReader reader, string name)
    {
        var text = reader.Text(name).ToLowerInvariant();
        return text.Length == RegisterLength && MeasurementComparison.IsRegister(text) ? text : throw reader.Refuse(name, "must be 48 bytes in hexadecimal");
    }

    static T? Read<T>(ReadOnlySpan<byte> predicate, out ImmutableArray<AttestationCheck> checks, Func<JsonObjectReader, T> read)
        where T : class
    {
        var list = new CheckList();
        T? result = null;
        string? problem = null;
        try
        {
            using var document = CanonicalJson.Parse(predicate, MaxLength, "predicate");
            result = read(new JsonObjectReader(document.RootElement, "predicate"));
        }
        catch (RecordFormatException exception)
        {
            problem = exception.Message;
        }

        list.Add(ReferenceValueRules.Predicate, result is not null, "registers of 48 bytes in hexadecimal", problem);
        checks = list.ToImmutable();
        return result;
    }
}
