namespace Amnion.Host;

/// <summary>One check that the key broker's appraisal failed, as the broker reported it.</summary>
/// <param name="Code">Stable code of the check, for example "AMN-NITRO-0010".</param>
/// <param name="Name">What was checked.</param>
/// <param name="Expected">What the policy names, where reported.</param>
/// <param name="Actual">What the Evidence holds, where reported.</param>
public sealed record RefusedCheck(string Code, string Name, string? Expected, string? Actual);
