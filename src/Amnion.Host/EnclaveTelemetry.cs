using System.Collections.Immutable;
using Amnion.Records;

namespace Amnion.Host;

/// <summary>
/// What an enclave reported last: its state's number and its counters. Read strictly by the closed schema "amnion/telemetry/1": a
/// member of another kind is refused, so that no text can travel this way.
/// </summary>
public sealed record EnclaveTelemetry
{
    /// <summary>The format's name.</summary>
    public const string Format = "amnion/telemetry/1";

    const int MaxLength = 64 * 1024;
    const int MaxCounters = 64;
    const int MaxEvents = 1024;
    const int MaxNameLength = 32;

    /// <summary>The enclave's own state number.</summary>
    public required int State { get; init; }

    /// <summary>Counters by name; the names are lower-case words with underscores.</summary>
    public required ImmutableSortedDictionary<string, long> Counters { get; init; }

    /// <summary>Events since the last report, by kind and outcome.</summary>
    public required ImmutableSortedDictionary<(int Kind, int Outcome), long> Events { get; init; }

    /// <summary>Parses strictly.</summary>
    /// <exception cref="RecordFormatException">Anything the schema does not allow.</exception>
    public static EnclaveTelemetry Parse(ReadOnlySpan<byte> json)
    {
        using var document = CanonicalJson.Parse(json, MaxLength, Format);
        var reader = new JsonObjectReader(document.RootElement, Format);
        reader.Constant("format", Format);
        var state = (int)reader.Integer("state", 0, 255);
        var events = reader.Objects("events", MaxEvents, ReadEvent);
        var counters = reader.Object("counters");
        var names = counters.Names(MaxCounters);
        reader.End();
        return new EnclaveTelemetry
        {
            State = state,
            Counters = names.ToImmutableSortedDictionary(name => IsName(name) ? name : throw counters.Refuse("", "has a member that is no counter"), name => counters.Integer(name, 0, long.MaxValue >> 11), StringComparer.Ordinal),
            Events = events.GroupBy(entry => entry).ToImmutableSortedDictionary(group => group.Key, group => (long)group.Count()),
        };
    }

    // The correlation is checked and dropped: per-exchange identifiers have no place in a host's metrics.
    static (int Kind, int Outcome) ReadEvent(JsonObjectReader item)
    {
        _ = item.Integer("hop", 0, 15);
        var kind = (int)item.Integer("kind", 0, 63);
        var outcome = (int)item.Integer("outcome", 0, 15);
        var correlation = item.Text("correlation", 32);
        _ = item.Integer("value", 0, long.MaxValue >> 11);
        item.End();
        return correlation.Length == 32 && correlation.All(char.IsAsciiHexDigitLower) ? (kind, outcome) : throw item.Refuse("correlation", "must be 32 lower-case hexadecimal digits");
    }

    static bool IsName(string name) => name.Length is > 0 and <= MaxNameLength && name.All(c => char.IsAsciiLetterLower(c) || c == '_');
}
