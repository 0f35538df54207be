using System.Globalization;
using Amnion.Guard.Evaluation;

namespace Amnion.Guard.Tests.Evaluation;

public class GuardEvaluationTests
{
    [Fact]
    public void Counts_by_file_and_by_family()
    {
        var file = File("a.jsonl", (0.9, true, "x"), (0.5, true, "x"), (0.4, true, "y"), (0.6, false, "y"), (0.1, false, "y"));
        var report = Assert.Single(GuardEvaluation.Run([file], Score));
        Assert.Equal("a.jsonl", report.File);
        Assert.Equal(new FamilyReport("", new WilsonInterval(2, 3), new WilsonInterval(1, 2)), report.All);
        Assert.Equal([new FamilyReport("x", new WilsonInterval(2, 2), new WilsonInterval(0, 0)), new FamilyReport("y", new WilsonInterval(0, 1), new WilsonInterval(1, 2))], report.Families);
        Assert.Equal(new WilsonInterval(2, 3), report.All.Precision);
    }

    [Theory]
    [InlineData(0.0, 0)]
    [InlineData(0.01, 1)]
    [InlineData(0.019, 1)]
    [InlineData(0.02, 2)]
    [InlineData(1.0, 100)]
    public void Calibrates_to_at_most_the_share_of_false_positives(double share, int found)
    {
        var file = File("benign", [.. Enumerable.Range(1, 100).Select(i => (i / 100.0, false, ""))]);
        var threshold = GuardEvaluation.Calibrate([file], Score, share);
        Assert.Equal(found, GuardEvaluation.Run([file], Score, threshold).Single().All.FalsePositives.Hits);
    }

    [Fact]
    public void Calibration_takes_no_notice_of_positives()
    {
        var benign = File("a", (0.1, false, ""), (0.2, false, ""));
        var mixed = File("a", (0.1, false, ""), (0.2, false, ""), (0.15, true, ""), (0.99, true, ""));
        Assert.Equal(GuardEvaluation.Calibrate([benign], Score, 0.5), GuardEvaluation.Calibrate([mixed], Score, 0.5));
    }

    [Fact]
    public void Equal_scores_are_found_together_or_not_at_all()
    {
        var file = File("a", (0.3, false, ""), (0.3, false, ""), (0.1, false, ""), (0.1, false, ""));
        Assert.Equal(0, GuardEvaluation.Run([file], Score, GuardEvaluation.Calibrate([file], Score, 0.25)).Single().All.FalsePositives.Hits);
    }

    [Fact]
    public void Calibration_without_negatives_is_refused() => Assert.Throws<ArgumentException>(() => GuardEvaluation.Calibrate([File("a", (1, true, ""))], Score, 0.01));

    // Values of the Wilson score interval as R's binom.confint(method = "wilson") gives them.
    [Theory]
    [InlineData(0, 10, 0.0, 0.2775)]
    [InlineData(5, 10, 0.2366, 0.7634)]
    [InlineData(10, 10, 0.7225, 1.0)]
    [InlineData(0, 0, 0.0, 1.0)]
    public void Intervals_are_Wilsons(int hits, int trials, double low, double high)
    {
        var interval = new WilsonInterval(hits, trials);
        Assert.Equal((low, high), (Math.Round(interval.Low, 4), Math.Round(interval.High, 4)));
    }

    static EvaluationFile File(string name, params (double Score, bool Positive, string Family)[] rows) =>
        new(name, [.. rows.Select(row => new EvaluationRow(row.Score.ToString("R", CultureInfo.InvariantCulture), row.Positive, GuardChannel.User, row.Family))]);

    static double Score(EvaluationRow row) => double.Parse(row.Text, CultureInfo.InvariantCulture);
}
