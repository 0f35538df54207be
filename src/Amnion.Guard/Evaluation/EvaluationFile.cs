namespace Amnion.Guard.Evaluation;

/// <summary>A file of labelled texts.</summary>
/// <param name="Name">Its name as reports show it.</param>
/// <param name="Rows">Its rows.</param>
public sealed record EvaluationFile(string Name, IReadOnlyList<EvaluationRow> Rows);
