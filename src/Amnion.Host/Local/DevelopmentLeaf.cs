using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Amnion.Host.Local;

/// <summary>A leaf of the development root: its key, its certificate and the certificates above it, root first.</summary>
sealed class DevelopmentLeaf(ECDsa key, ReadOnlyMemory<byte> certificate, ImmutableArray<ReadOnlyMemory<byte>> bundle, DateTimeOffset notAfter) : IDisposable
{
    internal ECDsa Key { get; } = key;

    internal ReadOnlyMemory<byte> Certificate { get; } = certificate;

    internal ImmutableArray<ReadOnlyMemory<byte>> Bundle { get; } = bundle;

    internal DateTimeOffset NotAfter { get; } = notAfter;

    public void Dispose() => Key.Dispose();
}
