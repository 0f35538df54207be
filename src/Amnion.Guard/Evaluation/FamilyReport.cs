namespace Amnion.Guard.Evaluation;

/// <summary>Counts for one family of one file.</summary>
/// <param name="Family">The family; empty where rows name none.</param>
/// <param name="Found">Positives found, of all positives: recall.</param>
/// <param name="FalsePositives">Negatives found, of all negatives.</param>
public sealed record FamilyReport(string Family, WilsonInterval Found, WilsonInterval FalsePositives)
{
    /// <summary>True positives of everything found: precision. Depends on how many negatives the file happens to have.</summary>
    public WilsonInterval Precision => new(Found.Hits, Found.Hits + FalsePositives.Hits);
}
