using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Amnion.Attestation.EventLogs;

/// <summary>One event of dstack's log: firmware's for RTMR 0 to 2, the guest's own for RTMR 3.</summary>
public sealed record DstackEvent
{
    /// <summary>Type of the events that the guest measures while it runs.</summary>
    public const uint RuntimeType = LogEventType.DstackRuntime;

    /// <summary>The runtime measurement register that was extended, 0 to 3.</summary>
    public required int Register { get; init; }

    /// <summary>Number of the type; the TCG's for firmware, <see cref="RuntimeType"/> for the guest's own.</summary>
    public required uint Type { get; init; }

    /// <summary>Name of the event; empty for firmware's.</summary>
    public required string Name { get; init; }

    /// <summary>The event's data; empty where the log leaves it out.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>SHA-384 that extended the register, as the log states it; empty for runtime events that leave it to be computed.</summary>
    public required ReadOnlyMemory<byte> StatedDigest { get; init; }

    /// <summary>True for an event that the guest measured itself.</summary>
    public bool IsRuntime => Type == RuntimeType;

    /// <summary>The digest to replay: computed for runtime events, so that name and payload are what was measured.</summary>
    public ReadOnlyMemory<byte> Digest => IsRuntime ? RuntimeDigest() : StatedDigest;

    /// <summary>SHA-384(type as 4 bytes little-endian ‖ ":" ‖ name ‖ ":" ‖ payload).</summary>
    internal byte[] RuntimeDigest()
    {
        Span<byte> type = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(type, Type);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA384);
        hash.AppendData(type);
        hash.AppendData(":"u8);
        hash.AppendData(Encoding.UTF8.GetBytes(Name));
        hash.AppendData(":"u8);
        hash.AppendData(Payload.Span);
        return hash.GetHashAndReset();
    }
}
