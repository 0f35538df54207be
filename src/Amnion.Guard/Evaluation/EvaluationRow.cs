namespace Amnion.Guard.Evaluation;

/// <summary>One labelled text of an evaluation file.</summary>
/// <param name="Text">The text, at most <see cref="EvaluationRowReader.MaxLineBytes"/> bytes of UTF-8.</param>
/// <param name="Positive">Whether a check should find something in it.</param>
/// <param name="Channel">Who wrote it; "user" where the row does not say.</param>
/// <param name="Family">What kind it is: the row's "kind", "transform", or "kind/transform"; empty where the row does not say.</param>
public sealed record EvaluationRow(string Text, bool Positive, GuardChannel Channel, string Family);
