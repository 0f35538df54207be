using System.Collections.Immutable;

namespace Amnion.Guard.Evaluation;

/// <summary>Runs a check over labelled files and counts. What the check is, is the caller's affair: any function from a row to a score, higher being surer.</summary>
public static class GuardEvaluation
{
    /// <summary>The score from which on a row counts as found where none was calibrated.</summary>
    public const double DefaultThreshold = 0.5;

    /// <summary>Counts what is found at a threshold, file by file and family by family.</summary>
    /// <param name="files">The files.</param>
    /// <param name="score">A row's score; called once for each row, in order.</param>
    /// <param name="threshold">A row is found where its score is at least this.</param>
    public static ImmutableArray<FileReport> Run(IReadOnlyList<EvaluationFile> files, Func<EvaluationRow, double> score, double threshold = DefaultThreshold)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(score);
        return [.. files.Select(file => Report(file, score, threshold))];
    }

    /// <summary>
    /// The lowest threshold at which at most a share <paramref name="falsePositives"/> of the negative rows is found. Positive rows are passed over, so that the threshold owes nothing to what it is to find.
    /// </summary>
    /// <param name="files">The files to calibrate on, which should not be those evaluated.</param>
    /// <param name="score">A row's score.</param>
    /// <param name="falsePositives">From 0 to 1.</param>
    /// <exception cref="ArgumentException">There are no negative rows, or the share is not between 0 and 1.</exception>
    public static double Calibrate(IReadOnlyList<EvaluationFile> files, Func<EvaluationRow, double> score, double falsePositives)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(score);
        if (falsePositives is not (>= 0 and <= 1))
        {
            throw new ArgumentException("The share of false positives is not between 0 and 1.", nameof(falsePositives));
        }

        double[] scores = [.. files.SelectMany(file => file.Rows).Where(row => !row.Positive).Select(score)];
        if (scores.Length == 0)
        {
            throw new ArgumentException("The calibration files have no negative rows.", nameof(files));
        }

        scores.Sort();
        var allowed = (int)Math.Floor(falsePositives * scores.Length);

        // Just above the highest score that must not be found; equal scores are found together, so none of them may be.
        return allowed >= scores.Length ? double.NegativeInfinity : double.BitIncrement(scores[scores.Length - 1 - allowed]);
    }

    static FileReport Report(EvaluationFile file, Func<EvaluationRow, double> score, double threshold)
    {
        var found = file.Rows.Select(row => (Row: row, Found: score(row) >= threshold)).ToList();
        var families = found.GroupBy(item => item.Row.Family, StringComparer.Ordinal).OrderBy(family => family.Key, StringComparer.Ordinal);
        return new FileReport(file.Name, Count(string.Empty, found), [.. families.Select(family => Count(family.Key, family))]);
    }

    static FamilyReport Count(string family, IEnumerable<(EvaluationRow Row, bool Found)> rows)
    {
        int positives = 0, found = 0, negatives = 0, wrong = 0;
        foreach (var (row, isFound) in rows)
        {
            (positives, found) = row.Positive ? (positives + 1, found + (isFound ? 1 : 0)) : (positives, found);
            (negatives, wrong) = row.Positive ? (negatives, wrong) : (negatives + 1, wrong + (isFound ? 1 : 0));
        }

        return new FamilyReport(family, new WilsonInterval(found, positives), new WilsonInterval(wrong, negatives));
    }
}
