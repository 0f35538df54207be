namespace Amnion.Guard.Output.Budgets;

/// <summary>Why a request is refused (<see cref="OutputCodes.Logprobs"/>).</summary>
/// <param name="Field">The field of the request.</param>
/// <param name="Expected">What would pass.</param>
public sealed record LogprobRefusal(string Field, string Expected)
{
    /// <summary>The stable code.</summary>
    public string Code { get; } = OutputCodes.Logprobs;
}
