namespace Amnion.Models.Manifest;

/// <summary>One failed check.</summary>
/// <param name="Code">One of <see cref="ModelCodes"/>.</param>
/// <param name="Field">What was checked.</param>
/// <param name="Message">What is wrong with it and what was expected.</param>
public sealed record ModelProblem(string Code, string Field, string Message);
