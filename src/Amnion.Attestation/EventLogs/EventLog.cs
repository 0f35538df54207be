using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace Amnion.Attestation.EventLogs;

/// <summary>
/// A firmware's event log as parsed: the crypto-agile format of the TCG PC Client Platform Firmware Profile §10.2 (also in the ACPI table CCEL of
/// confidential VMs), or the older one with SHA-1 alone. A log is worth nothing until its replay equals registers that were quoted.
/// </summary>
public sealed class EventLog
{
    /// <summary>Most bytes of a log. Firmware reserves 64 KiB to 256 KiB; Linux's own log stays below 1 MiB.</summary>
    public const int MaxLength = 16 * 1024 * 1024;

    /// <summary>Most events; the longest log known has some hundreds.</summary>
    public const int MaxEvents = 16384;

    /// <summary>Most bytes of one event's data; the longest in use are lists of revoked boot loaders below 100 KiB.</summary>
    public const int MaxEventLength = 4 * 1024 * 1024;

    /// <summary>Registers have indexes below this one.</summary>
    public const int RegisterCount = 32;

    /// <summary>Text that opens the note on the locality in which the TPM was started; one byte of locality follows.</summary>
    static ReadOnlySpan<byte> StartupLocality => "StartupLocality\0"u8;

    /// <summary>
    /// A quarter of the bytes that an event and its fields take besides their texts, and of a digest and its field: an event of 32 bytes becomes a kilobyte, so a cache
    /// must not count a log by its length.
    /// </summary>
    const int EventCost = 160;

    const int DigestCost = 96;

    readonly ConcurrentDictionary<int, ImmutableSortedDictionary<int, ReadOnlyMemory<byte>>> _replayed = new();
    readonly ConcurrentDictionary<int, ImmutableArray<ReplayedRegister>> _registers = new();
    readonly ConcurrentDictionary<(EventLogKind Kind, int Algorithm), ImmutableArray<EvidenceField>> _fields = new();
    readonly Lazy<ImmutableArray<AttestationCheck>> _ownChecks;
    readonly Lazy<ImmutableArray<AttestationCheck>> _digestChecks;
    readonly Lazy<string> _algorithmsText;

    /// <summary>A log never changes once read, so what follows from it alone is computed once.</summary>
    internal EventLog()
    {
        _ownChecks = new(() => EventLogVerifier.CheckItself(this));
        _digestChecks = new(() => OwnChecks[1..]);
        _algorithmsText = new(() => string.Join(", ", Algorithms.Select(TcgHash.Text)));
    }

    /// <summary>True for the crypto-agile format, false for the older one.</summary>
    public required bool IsCryptoAgile { get; init; }

    /// <summary>TPM_ALG_ID of the hashes of the log, in its order.</summary>
    public required ImmutableArray<int> Algorithms { get; init; }

    /// <summary>The events after the header.</summary>
    public required ImmutableArray<EventLogEvent> Events { get; init; }

    /// <summary>Bytes of ff or 00 after the last event, as tables of fixed size have them.</summary>
    public required int Padding { get; init; }

    /// <summary>The locality in which the TPM was started, which register 0 starts from; 0 where the log says nothing.</summary>
    public int Locality => Events.FirstOrDefault(IsLocality)?.Data.Span[^1] ?? 0;

    /// <summary>Every event with its meaning, for people: nothing was replayed, so all that a register could vouch for are remarks.</summary>
    public ImmutableArray<EvidenceField> Fields => EventLogFields.Of(this, kind: null, replayed: null);

    /// <summary>What can be said of the log alone: that it was read, and the rules of <see cref="DigestChecks"/>.</summary>
    internal ImmutableArray<AttestationCheck> OwnChecks => _ownChecks.Value;

    /// <summary>The rules that hold within the log, whatever it is compared with.</summary>
    internal ImmutableArray<AttestationCheck> DigestChecks => _digestChecks.Value;

    /// <summary><see cref="Algorithms"/> by name.</summary>
    internal string AlgorithmsText => _algorithmsText.Value;

    /// <summary>Parses a log of either format.</summary>
    /// <exception cref="EventLogFormatException">Anything the format or the limits do not allow.</exception>
    public static EventLog Parse(ReadOnlySpan<byte> log)
    {
        CheckLength(log.Length);
        return EventLogReader.Read(log.ToArray());
    }

    /// <summary>As <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse(ReadOnlySpan<byte> log, [NotNullWhen(true)] out EventLog? parsed)
    {
        try
        {
            parsed = Parse(log);
            return true;
        }
        catch (EventLogFormatException)
        {
            parsed = null;
            return false;
        }
    }

    /// <summary>
    /// What the registers of one bank hold after all events: §3.3.4, §10.4.5. Only registers that an event extends occur, numbered as in the log.
    /// </summary>
    /// <param name="algorithm">TPM_ALG_ID of the bank.</param>
    /// <exception cref="ArgumentException">The log has no digests of that hash, or it is not one that is computed here.</exception>
    public ImmutableSortedDictionary<int, ReadOnlyMemory<byte>> Replay(int algorithm) => Algorithms.Contains(algorithm) && TcgHash.Name(algorithm) is { } hash
        ? _replayed.GetOrAdd(algorithm, static (algorithm, state) => state.Log.Replay(algorithm, state.Hash), (Log: this, Hash: hash))
        : throw new ArgumentException("The log has no digests of this hash.", nameof(algorithm));

    /// <summary>As <see cref="Replay(int)"/>, in ascending order and with the words that checks need.</summary>
    internal ImmutableArray<ReplayedRegister> ReplayedRegisters(int algorithm) =>
        _registers.GetOrAdd(algorithm, static (algorithm, log) => [.. log.Replay(algorithm).Select(pair => new ReplayedRegister(pair.Key, pair.Value))], this);

    /// <summary>
    /// Whether the firmware enforced Secure Boot, from its own measured variable; null where the log has none whose digest covers it. Authentic only
    /// once the replay equals quoted registers.
    /// </summary>
    /// <param name="kind">The registers that the replay was compared with.</param>
    public bool? SecureBoot(EventLogKind kind) => EventLogFields.SecureBoot(this, kind);

    /// <summary>Every event with its meaning. What the bank that was replayed does not cover is a remark.</summary>
    /// <param name="kind">The registers that the replay was compared with.</param>
    /// <param name="algorithm">TPM_ALG_ID of the bank that was replayed.</param>
    public ImmutableArray<EvidenceField> FieldsOf(EventLogKind kind, int algorithm) =>
        _fields.GetOrAdd((kind, algorithm), static (key, log) => EventLogFields.Of(log, key.Kind, key.Algorithm), this);

    /// <summary>The kind under which caches remember logs.</summary>
    internal const string CacheKind = nameof(EventLog);

    /// <summary>Parses a log without copying it, remembered in a cache.</summary>
    /// <param name="log">The log, which must not change while the result is used unless a cache keeps its copy.</param>
    /// <param name="cache">Null reads every time.</param>
    /// <exception cref="EventLogFormatException">Anything the format or the limits do not allow.</exception>
    internal static EventLog Read(ReadOnlyMemory<byte> log, AppraisalCache? cache)
    {
        CheckLength(log.Length);
        return AppraisalCache.Read(cache, CacheKind, log, EventLogReader.Read, static read => read.Events.Length * (EventCost + (DigestCost * read.Algorithms.Length)));
    }

    internal static bool IsLocality(EventLogEvent entry) =>
        entry.Type == LogEventType.NoAction && entry.Data.Length == StartupLocality.Length + 1 && entry.Data.Span.StartsWith(StartupLocality);

    /// <summary>Before anything is copied or hashed.</summary>
    static void CheckLength(int length)
    {
        if (length > MaxLength)
        {
            throw new EventLogFormatException(MaxLength, "log", string.Create(CultureInfo.InvariantCulture, $"{length} bytes; at most {MaxLength} are accepted"));
        }
    }

    ImmutableSortedDictionary<int, ReadOnlyMemory<byte>> Replay(int algorithm, HashAlgorithmName hash)
    {
        var length = TcgHash.Length(algorithm);
        var registers = new byte[]?[RegisterCount];
        foreach (var entry in Events.Where(entry => entry.Extends))
        {
            var register = registers[entry.Register] ??= Start((int)entry.Register, length);
            using var digest = IncrementalHash.CreateHash(hash);
            digest.AppendData(register);
            digest.AppendData(entry.Digests[algorithm].Span);
            digest.GetHashAndReset(register);
        }

        return Enumerable.Range(0, RegisterCount).Where(index => registers[index] is not null)
            .ToImmutableSortedDictionary(index => index, index => (ReadOnlyMemory<byte>)registers[index]);
    }

    /// <summary>Register 0 starts from the locality; 17 to 22 with all bits set, until a dynamic launch (§3.3.4 table 1).</summary>
    byte[] Start(int register, int length)
    {
        var value = new byte[length];
        if (register == 0)
        {
            value[^1] = (byte)Locality;
        }
        else if (register is >= 17 and <= 22 && IsCryptoAgile)
        {
            Array.Fill(value, (byte)0xff);
        }

        return value;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Events.Length} events, {AlgorithmsText}");
}
