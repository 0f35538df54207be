using System.Text.Json;
using Amnion.Records;
using Amnion.Records.Telemetry;

namespace Amnion.Enclave.Telemetry;

/// <summary>
/// What the host may know: a bounded list of closed-schema events since it last asked, and counters. Counters are shown as they
/// stood at the last whole interval and tokens only in whole blocks, since exact counts per request would undo the padding.
/// </summary>
sealed class TelemetryLog(TimeProvider time)
{
    /// <summary>Most events kept; older ones are dropped and counted.</summary>
    public const int MaxEvents = 256;

    /// <summary>Tokens are reported in blocks of this many.</summary>
    public const long TokenBlock = 1024;

    static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    static readonly int Names = Enum.GetValues<TelemetryCounter>().Length;

    readonly Lock _lock = new();
    readonly Queue<TelemetryEvent> _events = new();
    readonly long[] _counters = new long[Names];
    readonly long[] _shown = new long[Names];
    long _shownAt = long.MinValue;

    /// <summary>Adds to a counter.</summary>
    public void Count(TelemetryCounter counter, long amount = 1)
    {
        lock (_lock)
        {
            _counters[(int)counter] += amount;
        }
    }

    /// <summary>Adds an event.</summary>
    public void Add(TelemetryKind kind, TelemetryOutcome outcome, string correlation, long value)
    {
        lock (_lock)
        {
            _events.Enqueue(new TelemetryEvent(Hop.Enclave, kind, outcome, correlation, value));
            if (_events.Count > MaxEvents)
            {
                _events.Dequeue();
                _counters[(int)TelemetryCounter.EventsDropped]++;
            }
        }
    }

    /// <summary>The telemetry frame's payload; takes the events out.</summary>
    public byte[] Drain(EnclaveState state, long workersReplaced)
    {
        lock (_lock)
        {
            if (_shownAt == long.MinValue || time.GetElapsedTime(_shownAt) >= Interval)
            {
                _counters[(int)TelemetryCounter.WorkersReplaced] = workersReplaced;
                _counters.CopyTo(_shown, 0);
                _shown[(int)TelemetryCounter.Tokens] -= _shown[(int)TelemetryCounter.Tokens] % TokenBlock;
                _shownAt = time.GetTimestamp();
            }

            var events = _events.ToArray();
            _events.Clear();
            return CanonicalJson.Write(json => Write(json, state, events));
        }
    }

    void Write(Utf8JsonWriter json, EnclaveState state, TelemetryEvent[] events)
    {
        json.WriteStartObject();
        json.WriteString("format", "amnion/telemetry/1");
        json.WriteNumber("state", (int)state);
        json.WriteStartArray("events");
        foreach (var entry in events)
        {
            entry.Write(json);
        }

        json.WriteEndArray();
        json.WriteStartObject("counters");
        json.WriteNumber("answers", _shown[(int)TelemetryCounter.Answers]);
        json.WriteNumber("caller_errors", _shown[(int)TelemetryCounter.CallerErrors]);
        json.WriteNumber("events_dropped", _shown[(int)TelemetryCounter.EventsDropped]);
        json.WriteNumber("evidence", _shown[(int)TelemetryCounter.Evidence]);
        json.WriteNumber("failures", _shown[(int)TelemetryCounter.Failures]);
        json.WriteNumber("keysets", _shown[(int)TelemetryCounter.Keysets]);
        json.WriteNumber("refused", _shown[(int)TelemetryCounter.Refused]);
        json.WriteNumber("tokens", _shown[(int)TelemetryCounter.Tokens]);
        json.WriteNumber("workers_replaced", _shown[(int)TelemetryCounter.WorkersReplaced]);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
