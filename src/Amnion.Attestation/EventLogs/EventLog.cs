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

    internal EventLog()
    {
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

    /// <summary>
    /// Whether the firmware enforced Secure Boot, from its own measured variable; null where the log has none whose digest covers it. Authentic only
    /// once the replay equals quoted registers.
    /// </summary>
    public bool? SecureBoot => EventLogFields.SecureBoot(this);

    /// <summary>Every event with its meaning.</summary>
    public ImmutableArray<EvidenceField> Fields => EventLogFields.Of(this);

    /// <summary>Parses a log of either format.</summary>
    /// <exception cref="EventLogFormatException">Anything the format or the limits do not allow.</exception>
    public static EventLog Parse(ReadOnlySpan<byte> log) => EventLogReader.Read(log);

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
    public ImmutableSortedDictionary<int, ReadOnlyMemory<byte>> Replay(int algorithm)
    {
        if (!Algorithms.Contains(algorithm) || LogDigest.Name(algorithm) is not { } hash)
        {
            throw new ArgumentException("The log has no digests of this hash.", nameof(algorithm));
        }

        var length = LogDigest.Length(algorithm);
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

    internal static bool IsLocality(EventLogEvent entry) =>
        entry.Type == LogEventType.NoAction && entry.Data.Length == StartupLocality.Length + 1 && entry.Data.Span.StartsWith(StartupLocality);

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
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Events.Length} events, {string.Join(", ", Algorithms.Select(LogDigest.Text))}");
}
