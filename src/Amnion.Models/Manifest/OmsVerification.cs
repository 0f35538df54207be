using System.Collections.Immutable;

namespace Amnion.Models.Manifest;

/// <summary>The outcome of verifying a signature bundle.</summary>
public abstract record OmsVerification
{
    private protected OmsVerification()
    {
    }

    /// <summary>The signature verifies, and this is what was signed.</summary>
    public sealed record Accepted(OmsStatement Statement) : OmsVerification;

    /// <summary>Not accepted; every failed check is listed.</summary>
    public sealed record Rejected(ImmutableArray<ModelProblem> Problems) : OmsVerification;

    /// <summary>The bundle may be good, but its method is not verified here.</summary>
    public sealed record Unsupported(ModelProblem Problem) : OmsVerification;
}
