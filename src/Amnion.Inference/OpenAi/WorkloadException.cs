namespace Amnion.Inference.OpenAi;

/// <summary>An exchange with the workload ends with a code. Never holds what the workload sent.</summary>
sealed class WorkloadException(string code) : Exception(code)
{
    /// <summary>One of <see cref="InferenceCodes"/>.</summary>
    public string Code { get; } = code;

    public static WorkloadException Violation() => new(InferenceCodes.WorkloadViolatedProtocol);
}
