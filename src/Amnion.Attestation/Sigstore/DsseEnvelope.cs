using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Amnion.Attestation.Sigstore;

/// <summary>A signed envelope: DSSE v1.0.0. Key identifiers are hints and not kept.</summary>
sealed record DsseEnvelope(string PayloadType, ReadOnlyMemory<byte> Payload, ImmutableArray<ReadOnlyMemory<byte>> Signatures)
{
    /// <summary>The bytes that are signed (PAE): DSSE protocol v1.0.0, "Signature Definition".</summary>
    public byte[] ToSignedBytes()
    {
        var type = Encoding.UTF8.GetBytes(PayloadType);
        var head = string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {type.Length} ");
        return [.. Encoding.ASCII.GetBytes(head), .. type, .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $" {Payload.Length} ")), .. Payload.Span];
    }
}
