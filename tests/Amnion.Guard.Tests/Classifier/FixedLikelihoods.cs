using Amnion.Guard.Classifier;

namespace Amnion.Guard.Tests.Classifier;

/// <summary>An engine that says the same of every text.</summary>
sealed class FixedLikelihoods(float[] logarithms) : ITokenLikelihoods
{
    public ValueTask<ReadOnlyMemory<float>> ScoreAsync(string text, CancellationToken cancellation) => new(logarithms);
}
