using System.Collections.Immutable;
using Amnion.Enclave.Telemetry;
using Amnion.Enclave.Time;
using Amnion.Records;
using Amnion.Records.Telemetry;
using Amnion.Sealing;

namespace Amnion.Enclave.Keys;

/// <summary>
/// The serve keysets that are alive: one is handed out with Evidence until half its life is over, older ones still open what was
/// sealed to them in time. At the end of its life a keyset's private keys and replay memory are erased together.
/// </summary>
sealed class KeysetRing(SuitePolicy policy, Digest model, Digest logHead, string enclave, EvidenceClock clock, TelemetryLog telemetry, int replayCapacity = ReplayMemory.DefaultCapacity) : IDisposable
{
    /// <summary>Life of a keyset in milliseconds.</summary>
    public const long LifetimeMs = Keyset.MaxLifetimeMs;

    readonly Lock _lock = new();
    readonly List<ServeKeyset> _alive = [];
    byte _nextId;
    long _made;
    bool _closed;

    /// <summary>The keyset to hand out, made anew where the last one is past half its life.</summary>
    public Keyset Current()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            EraseExpired();
            if (_alive is not [.., { } newest] || clock.Now >= newest.Record.NotBefore + (LifetimeMs / 2))
            {
                newest = Make();
                _alive.Add(newest);
            }

            return newest.Record;
        }
    }

    /// <summary>The live keyset that has a key of this identifier, held for the caller; null where there is none.</summary>
    public (ServeKeyset Keyset, ServeKey Key)? Hold(byte keyId)
    {
        lock (_lock)
        {
            EraseExpired();
            foreach (var keyset in _alive)
            {
                if (keyset.Find(keyId) is { } key && keyset.TryHold())
                {
                    return (keyset, key);
                }
            }

            return null;
        }
    }

    /// <summary>Ends a keyset before its time, because a replay memory is full: it must not forget, and cannot remember more.</summary>
    public void Retire(ServeKeyset keyset)
    {
        lock (_lock)
        {
            if (_alive.Remove(keyset))
            {
                keyset.Erase();
            }
        }
    }

    /// <summary>Erases what is over and renews what is due; called now and then so that keys end in time without a request.</summary>
    public void Tick()
    {
        lock (_lock)
        {
            if (!_closed)
            {
                _ = Current();
            }
        }
    }

    /// <summary>Erases everything.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            foreach (var keyset in _alive)
            {
                keyset.Erase();
            }

            _alive.Clear();
        }
    }

    void EraseExpired()
    {
        var now = clock.Now;
        foreach (var keyset in _alive.Where(keyset => now >= keyset.Record.NotAfter).ToList())
        {
            _alive.Remove(keyset);
            keyset.Erase();
        }
    }

    ServeKeyset Make()
    {
        ImmutableArray<ServeKey> keys = [.. ServeSuites.Group(policy).Select(group => new ServeKey(NextId(), group.Kem, group.Suites, replayCapacity))];
        var now = clock.Refresh();
        var keyset = new ServeKeyset(
            receiptKey => new Keyset
            {
                Purpose = Purpose.Serve,
                Enclave = enclave,
                NotBefore = now,
                NotAfter = now + LifetimeMs,
                Sealing = [.. keys.Select(key => key.ToRecord())],
                ReceiptKey = receiptKey,
                Model = model,
                LogHead = logHead,
            },
            keys);
        telemetry.Count(TelemetryCounter.Keysets);
        telemetry.Add(TelemetryKind.KeysetRotated, TelemetryOutcome.Ok, TelemetryEvent.NoCorrelation, ++_made);
        return keyset;
    }

    // At most a handful of the 256 identifiers are alive at once: each keyset has one key per KEM and lives ten minutes at most.
    byte NextId()
    {
        while (_alive.SelectMany(keyset => keyset.KeyIds).Contains(_nextId))
        {
            _nextId++;
        }

        return _nextId++;
    }
}
