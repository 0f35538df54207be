using System.Collections.Immutable;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Dcap.Pck;

/// <summary>The certificates in a quote, with the values that people and policies see of them; both follow from the quote's bytes alone.</summary>
sealed class QuoteCertificates(ImmutableArray<Certificate> leafFirst)
{
    readonly Lazy<ImmutableArray<EvidenceField>> _ofChain = new(() => DcapFields.OfChain(leafFirst, isWhole: true));
    readonly Lazy<ImmutableArray<EvidenceField>> _ofLeaf = new(() => DcapFields.OfChain(leafFirst, isWhole: false));

    /// <summary>At least one; usually leaf first.</summary>
    public ImmutableArray<Certificate> LeafFirst { get; } = leafFirst;

    /// <summary>The same the other way round.</summary>
    public IReadOnlyList<Certificate> RootFirst { get; } = [.. leafFirst.AsEnumerable().Reverse()];

    /// <param name="isWhole">True where the quote brings a chain up to a root, false where it brings the platform's certificate alone.</param>
    public ImmutableArray<EvidenceField> Fields(bool isWhole) => isWhole ? _ofChain.Value : _ofLeaf.Value;
}
