using Amnion.Guard;
using Amnion.Guard.Classifier;
using Amnion.Guard.Evaluation;
using Amnion.Guard.Text;

namespace Amnion.GuardTraining;

/// <summary>Leaves one source out at a time, so that every text is scored by weights that have seen nothing of its file.</summary>
static class Validation
{
    /// <summary>The margin of every text of the corpora under weights trained without its source.</summary>
    public static Dictionary<TrainingText, double> LeaveOneOut(IReadOnlyList<TrainingText> corpora, IReadOnlyList<TrainingText> own, TrainingSettings settings)
    {
        string[] attacked = [.. corpora.Where(text => text.Attack).Select(text => text.Source).Distinct(StringComparer.Ordinal)];
        string[] benign = [.. corpora.Select(text => text.Source).Distinct(StringComparer.Ordinal).Where(source => !attacked.Contains(source))];
        var margins = new Dictionary<TrainingText, double>(ReferenceEqualityComparer.Instance);
        Parallel.For(0, attacked.Length, new ParallelOptions { MaxDegreeOfParallelism = 2 }, fold =>
        {
            string[] left = [attacked[fold], .. benign.Where((_, i) => i % attacked.Length == fold)];
            var (user, document) = new HeadTraining(settings).Train(corpora.Where(text => !left.Contains(text.Source)).Concat(own));
            var classifier = InjectionClassifier.Of(new ClassifierArtefact([], user, document, user));
            foreach (var text in corpora.Where(text => left.Contains(text.Source)))
            {
                var margin = classifier.Score(TextNormalizer.Fold(text.Text), text.Document ? GuardChannel.Document : GuardChannel.User).Margin;
                lock (margins)
                {
                    margins[text] = margin;
                }
            }

        });

        return margins;
    }

    /// <summary>The suffix head's margins under weights trained without a quarter of the sources: it learns its attacks from imitations, and only what is benign comes from the corpora.</summary>
    public static Dictionary<TrainingText, double> LeaveQuartersOut(IReadOnlyList<TrainingText> corpora, IReadOnlyList<TrainingText> texts, TrainingSettings settings)
    {
        const int Quarters = 4;
        string[] sources = [.. corpora.Select(text => text.Source).Distinct(StringComparer.Ordinal)];
        var margins = new Dictionary<TrainingText, double>(ReferenceEqualityComparer.Instance);
        Parallel.For(0, Quarters, new ParallelOptions { MaxDegreeOfParallelism = 2 }, quarter =>
        {
            string[] left = [.. sources.Where((_, i) => i % Quarters == quarter)];
            var head = new HeadTraining(settings).Train(texts.Where(text => !left.Contains(text.Source))).User;
            var classifier = InjectionClassifier.Of(new ClassifierArtefact([], head, head, head));
            foreach (var text in corpora.Where(text => left.Contains(text.Source)))
            {
                var margin = classifier.ScoreSuffix(text.Text).Margin;
                lock (margins)
                {
                    margins[text] = margin;
                }
            }
        });
        return margins;
    }

    /// <summary>The margin above which lies at most the share of benign texts.</summary>
    public static double Threshold(IEnumerable<double> benign, double share)
    {
        double[] sorted = [.. benign.Order()];
        return double.BitIncrement(sorted[sorted.Length - 1 - (int)(share * sorted.Length)]);
    }

    public static void Print(string title, IReadOnlyList<TrainingText> corpora, Func<TrainingText, bool> found)
    {
        Console.WriteLine(title);
        foreach (var source in corpora.GroupBy(text => text.Source))
        {
            var recall = new WilsonInterval(source.Count(text => text.Attack && found(text)), source.Count(text => text.Attack));
            var wrong = new WilsonInterval(source.Count(text => !text.Attack && found(text)), source.Count(text => !text.Attack));
            Console.WriteLine($"  {source.Key,-28} {Show("found", recall),-34} {Show("false", wrong)}");
        }
    }

    static string Show(string what, WilsonInterval share) => share.Trials == 0 ? "" : $"{what} {share.Hits}/{share.Trials} {share.Share:0.000} [{share.Low:0.000}, {share.High:0.000}]";
}
