using System.Collections.Immutable;
using Amnion.Models.Manifest;

namespace Amnion.Models.Sealed;

/// <summary>The outcome of verifying a package.</summary>
/// <param name="Problems">Every failed check.</param>
/// <param name="ContentVerified">True where every file was opened and compared with its digest; a verdict without it covers the signature only.</param>
public sealed record ModelVerification(ImmutableArray<ModelProblem> Problems, bool ContentVerified)
{
    /// <summary>True where nothing failed.</summary>
    public bool Accepted => Problems.IsEmpty;
}
