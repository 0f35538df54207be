using System.Globalization;

namespace Amnion.Attestation.EventLogs;

/// <summary>What a register holds after all events of a log, with the words of its check.</summary>
sealed class ReplayedRegister(int index, ReadOnlyMemory<byte> value)
{
    public int Index { get; } = index;

    public ReadOnlyMemory<byte> Value { get; } = value;

    /// <summary>The value in hexadecimal.</summary>
    public string Text { get; } = Convert.ToHexStringLower(value.Span);

    /// <summary>The check under the register's name.</summary>
    public CheckRule Rule { get; } = EventLogRules.Replay with { Name = string.Create(CultureInfo.InvariantCulture, $"register {index}: {EventLogRules.Replay.Name}") };
}
