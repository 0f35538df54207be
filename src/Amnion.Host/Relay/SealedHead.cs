using System.Buffers.Binary;
using Amnion.Records;
using Amnion.Records.Telemetry;

namespace Amnion.Host.Relay;

/// <summary>
/// Collects the first bytes of a sealed request as they pass, for the exchange's correlation id: RFC 9458 §4.1, key id, KEM, KDF, AEAD,
/// then the encapsulated key, all of it in the clear. Both ends know the same id without being told.
/// </summary>
struct SealedHead
{
    const int IdentifiersLength = 7;
    const int MaxEncapsulated = 65;

    readonly byte[] _bytes = new byte[IdentifiersLength + MaxEncapsulated];
    int _length;

    public SealedHead()
    {
    }

    /// <summary>Adds what passes until there is enough.</summary>
    internal void Add(ReadOnlySpan<byte> data)
    {
        data = data[..Math.Min(data.Length, _bytes.Length - _length)];
        data.CopyTo(_bytes.AsSpan(_length));
        _length += data.Length;
    }

    /// <summary>The id, or <see cref="TelemetryEvent.NoCorrelation"/> where the head is short or of an unknown KEM.</summary>
    internal readonly string Correlation
    {
        get
        {
            if (_length < IdentifiersLength)
            {
                return TelemetryEvent.NoCorrelation;
            }

            // RFC 9180 §7.1: Nenc of DHKEM(P-256) and DHKEM(X25519).
            var length = BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(1)) switch
            {
                0x0010 => 65,
                0x0020 => 32,
                _ => int.MaxValue,
            };
            return length <= _length - IdentifiersLength ? Receipt.IdOf(_bytes.AsSpan(IdentifiersLength, length)) : TelemetryEvent.NoCorrelation;
        }
    }
}
