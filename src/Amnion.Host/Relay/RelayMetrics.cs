using System.Globalization;
using System.Numerics;
using System.Text;
using Amnion.Records.Telemetry;

namespace Amnion.Host.Relay;

/// <summary>
/// The relay's own numbers and the enclave's, as Prometheus text. What is shown stands still for an interval, and durations are
/// counted in powers of two, so that a scraper cannot time or count single exchanges.
/// </summary>
sealed class RelayMetrics(TimeProvider time, TimeSpan interval)
{
    /// <summary>Durations are counted in buckets up to 2^20 ms, some 17 minutes.</summary>
    const int Buckets = 21;

    static readonly int Outcomes = Enum.GetValues<TelemetryOutcome>().Length;

    readonly Lock _lock = new();
    readonly long[] _exchanges = new long[Outcomes];
    readonly long[] _evidence = new long[Outcomes];
    readonly long[] _durations = new long[Buckets + 1];
    string _shown = "";
    long _shownAt = long.MinValue;

    /// <summary>A sealed exchange ended.</summary>
    internal void Exchange(TelemetryOutcome outcome, TimeSpan duration)
    {
        lock (_lock)
        {
            _exchanges[(int)outcome]++;
            _durations[Math.Min(Buckets, BitOperations.Log2((ulong)TelemetryEvent.Bucket(duration)))]++;
        }
    }

    /// <summary>A request for Evidence ended.</summary>
    internal void Evidence(TelemetryOutcome outcome)
    {
        lock (_lock)
        {
            _evidence[(int)outcome]++;
        }
    }

    /// <summary>The text, renewed at most once an interval.</summary>
    internal string Text(EnclaveView view, EnclaveTelemetry? telemetry)
    {
        lock (_lock)
        {
            if (_shownAt == long.MinValue || time.GetElapsedTime(_shownAt) >= interval)
            {
                _shown = Write(view, telemetry);
                _shownAt = time.GetTimestamp();
            }

            return _shown;
        }
    }

    string Write(EnclaveView view, EnclaveTelemetry? telemetry)
    {
        var text = new StringBuilder();
        Head(text, "amnion_enclave_state", "gauge", "State of the enclave as the host sees it: 0 stopped, 1 starting, 2 booted, 3 keyed, 4 loaded, 5 ready, 6 restarting, 7 failed.");
        text.Append(CultureInfo.InvariantCulture, $"amnion_enclave_state {(int)view.State}\n");
        Head(text, "amnion_enclave_starts_total", "counter", "Enclaves started.");
        text.Append(CultureInfo.InvariantCulture, $"amnion_enclave_starts_total {view.Starts}\n");
        ByOutcome(text, "amnion_relay_exchanges_total", "Sealed exchanges that ended.", _exchanges);
        ByOutcome(text, "amnion_relay_evidence_total", "Requests for Evidence that ended.", _evidence);
        Durations(text);
        if (telemetry is not null)
        {
            Head(text, "amnion_enclave_inner_state", "gauge", "State number the enclave reports of itself.");
            text.Append(CultureInfo.InvariantCulture, $"amnion_enclave_inner_state {telemetry.State}\n");
            foreach (var (name, value) in telemetry.Counters)
            {
                Head(text, $"amnion_enclave_{name}_total", "counter", "As the enclave reports, per interval.");
                text.Append(CultureInfo.InvariantCulture, $"amnion_enclave_{name}_total {value}\n");
            }

            Head(text, "amnion_enclave_events", "gauge", "Events of the enclave's last report by kind and outcome numbers of amnion/telemetry/1.");
            foreach (var ((kind, outcome), count) in telemetry.Events)
            {
                text.Append(CultureInfo.InvariantCulture, $"amnion_enclave_events{{kind=\"{kind}\",outcome=\"{outcome}\"}} {count}\n");
            }
        }

        return text.ToString();
    }

    void Durations(StringBuilder text)
    {
        const string Name = "amnion_relay_exchange_duration_seconds";
        Head(text, Name, "histogram", "Duration of sealed exchanges, rounded up to a power of two milliseconds.");
        long below = 0;
        double sum = 0;
        for (var i = 0; i <= Buckets; i++)
        {
            below += _durations[i];
            sum += _durations[i] * (1L << i) / 1000.0;
            var bound = i == Buckets ? "+Inf" : ((1L << i) / 1000.0).ToString(CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"{Name}_bucket{{le=\"{bound}\"}} {below}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"{Name}_sum {sum}\n{Name}_count {below}\n");
    }

    static void ByOutcome(StringBuilder text, string name, string help, long[] values)
    {
        Head(text, name, "counter", help);
        foreach (var outcome in Enum.GetValues<TelemetryOutcome>())
        {
            var label = outcome switch
            {
                TelemetryOutcome.Ok => "ok",
                TelemetryOutcome.CallerError => "caller_error",
                TelemetryOutcome.Refused => "refused",
                TelemetryOutcome.Failed => "failed",
                _ => "cancelled",
            };
            text.Append(CultureInfo.InvariantCulture, $"{name}{{outcome=\"{label}\"}} {values[(int)outcome]}\n");
        }
    }

    static void Head(StringBuilder text, string name, string type, string help) => text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
}
