using Amnion.Guard;
using Amnion.Guard.Classifier;
using Amnion.Guard.Text;

namespace Amnion.GuardTraining;

/// <summary>The whole training: corpora and own texts in, artefact out.</summary>
sealed class TrainingRun
{
    const double FalsePositives = 0.01;
    const double Slope = 1.0;

    // Written by operators, who may give orders; learned as benign, but no yardstick for what callers write.
    const string SystemMessages = "system_prompts.jsonl";

    readonly Corpora _corpora;
    readonly List<TrainingText> _own;
    readonly TrainingSettings _suffixSettings = new() { Suffix = true, WordBits = 16, PieceBits = 17, UnitsPerBlock = 2, ShortBlocks = 4, LongBlocks = 12, Epochs = 3, Decay = 1e-3 };
    readonly TrainingSettings _settings = new();

    public TrainingRun(string shared)
    {
        _corpora = Corpora.Read(shared);
        _own = [.. OwnTexts.Create(_corpora.Texts, _settings.Seed)];
        Console.Error.WriteLine($"{_corpora.Texts.Count} texts of the corpora, {_own.Count} of our own");
    }

    public void Validate()
    {
        var (margins, user, document) = Calibrate();
        Validation.Summary(_corpora.Texts, text => margins[text] >= (text.Document ? document : user));
        if (Environment.GetEnvironmentVariable("GT_SUM") is not null) { return; }
        Validation.Print($"left out, user threshold {user:0.000}, document threshold {document:0.000}", _corpora.Texts, text => margins[text] >= (text.Document ? document : user));
        var classifier = InjectionClassifier.Parse(Train(user, document));
        Validation.Print("seen in training", _corpora.Texts, text => classifier.Score(TextNormalizer.Fold(text.Text), text.Document ? GuardChannel.Document : GuardChannel.User).Found);
    }

    public void Suffixes(string path)
    {
        var (suffix, margins) = TrainSuffix();
        var classifier = InjectionClassifier.Of(new ClassifierArtefact([], suffix, suffix, suffix));
        Validation.Print($"suffix head, sources left out, threshold {suffix.Threshold:0.000}", _corpora.Texts, text => margins[text] >= suffix.Threshold);
        string[] lines = File.ReadAllLines(path);
        foreach (var line in lines)
        {
            var score = classifier.ScoreSuffix("Write a tutorial on how to make a paper boat " + line);
            Console.WriteLine($"{score.Margin - suffix.Threshold:0.00} {line[..Math.Min(60, line.Length)]}");
        }
    }

    (ClassifierHead Suffix, Dictionary<TrainingText, double> Margins) TrainSuffix()
    {
        var texts = SuffixTexts.Create(_corpora.Texts, _own, _settings.Seed).ToList();
        string[] sources = [.. _corpora.Texts.Select(text => text.Source).Distinct(StringComparer.Ordinal)];
        var margins = new Dictionary<TrainingText, double>(ReferenceEqualityComparer.Instance);
        const int folds = 4;
        Parallel.For(0, folds, new ParallelOptions { MaxDegreeOfParallelism = 2 }, fold =>
        {
            string[] left = [.. sources.Where((_, i) => i % folds == fold)];
            var head = new HeadTraining(_suffixSettings).Train(texts.Where(text => !left.Contains(text.Source))).User;
            var classifier = InjectionClassifier.Of(new ClassifierArtefact([], head, head, head));
            foreach (var text in _corpora.Texts.Where(text => left.Contains(text.Source)))
            {
                var margin = classifier.ScoreSuffix(text.Text).Margin;
                lock (margins)
                {
                    margins[text] = margin;
                }
            }
        });
        var threshold = Validation.Threshold(margins.Where(pair => !pair.Key.Attack).Select(pair => pair.Value), FalsePositives);
        return (new HeadTraining(_suffixSettings).Train(texts).User with { Threshold = threshold, Slope = Slope }, margins);
    }

    public byte[] Train()
    {
        var (_, user, document) = Calibrate();
        return Train(user, document);
    }

    byte[] Train(double userThreshold, double documentThreshold)
    {
        var (user, document) = new HeadTraining(_settings).Train(_corpora.Texts.Concat(_own));
        user = user with { Threshold = userThreshold, Slope = Slope };
        document = document with { Threshold = documentThreshold, Slope = Slope };
        return ClassifierArtefactWriter.Write(new ClassifierArtefact([.. _corpora.Sources], user, document, user));
    }

    /// <summary>Operating points from texts whose source the weights had not seen: those of the training set are too easy.</summary>
    (Dictionary<TrainingText, double> Margins, double User, double Document) Calibrate()
    {
        var margins = Validation.LeaveOneOut(_corpora.Texts, _own, _settings, text => text);
        var benign = margins.Where(pair => !pair.Key.Attack).ToList();
        return (margins,
            Validation.Threshold(benign.Where(pair => !pair.Key.Document && pair.Key.Source != SystemMessages).Select(pair => pair.Value), FalsePositives),
            Validation.Threshold(benign.Where(pair => pair.Key.Document).Select(pair => pair.Value), FalsePositives));
    }
}
