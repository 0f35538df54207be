using Amnion.Guard;
using Amnion.Guard.Classifier;
using Amnion.Guard.Text;

namespace Amnion.GuardTraining;

/// <summary>The whole training: corpora and own texts in, artefact out, and what is found of each source by weights that have not seen it.</summary>
sealed class TrainingRun
{
    const double FalsePositives = 0.01;
    const double Slope = 1.0;

    // The corpora have few benign documents: a share below one in them all would leave the operating point to the single oddest one.
    const double DocumentFalsePositives = 0.03;

    // Written by operators, who may give orders; learned as benign, but no yardstick for what callers write.
    const string SystemMessages = "system_prompts.jsonl";

    readonly Corpora _corpora;
    readonly List<TrainingText> _own;
    readonly TrainingSettings _settings = new();
    readonly TrainingSettings _suffixSettings = new() { Suffix = true, WordBits = 16, PieceBits = 17, UnitsPerBlock = 2, ShortBlocks = 4, LongBlocks = 12, Epochs = 3 };

    public TrainingRun(string shared)
    {
        _corpora = Corpora.Read(shared);
        _own = [.. OwnTexts.Create(_corpora.Texts, _settings.Seed)];
        Console.WriteLine($"{_corpora.Texts.Count} texts of the corpora, {_own.Count} of our own");
    }

    public byte[] Train()
    {
        var suffix = TrainSuffix();
        var (user, document) = TrainPrompts();
        var artefact = new ClassifierArtefact([.. _corpora.Sources], user, document, suffix);
        var classifier = InjectionClassifier.Of(artefact);
        Validation.Print("user and document heads, seen in training", _corpora.Texts, text => classifier.Score(TextNormalizer.Fold(text.Text), Channel(text)).Found);
        return ClassifierArtefactWriter.Write(artefact);
    }

    static GuardChannel Channel(TrainingText text) => text.Document ? GuardChannel.Document : GuardChannel.User;

    /// <summary>Operating points come from texts whose source the weights had not seen: those of the training set are too easy.</summary>
    (ClassifierHead User, ClassifierHead Document) TrainPrompts()
    {
        var margins = Validation.LeaveOneOut(_corpora.Texts, _own, _settings);
        var benign = margins.Where(pair => !pair.Key.Attack && pair.Key.Source != SystemMessages).ToList();
        var userThreshold = Validation.Threshold(benign.Where(pair => !pair.Key.Document).Select(pair => pair.Value), FalsePositives);
        var documentThreshold = Validation.Threshold(benign.Where(pair => pair.Key.Document).Select(pair => pair.Value), DocumentFalsePositives);
        Validation.Print("user and document heads, source left out", _corpora.Texts, text => margins[text] >= (text.Document ? documentThreshold : userThreshold));
        var (user, document) = new HeadTraining(_settings).Train(_corpora.Texts.Concat(_own));
        return (user with { Threshold = userThreshold, Slope = Slope }, document with { Threshold = documentThreshold, Slope = Slope });
    }

    ClassifierHead TrainSuffix()
    {
        var texts = SuffixTexts.Create(_corpora.Texts, _own, _settings.Seed).ToList();
        var margins = Validation.LeaveQuartersOut(_corpora.Texts, texts, _suffixSettings);
        var threshold = Validation.Threshold(margins.Where(pair => !pair.Key.Attack).Select(pair => pair.Value), FalsePositives);
        Validation.Print("suffix head, a quarter of the sources left out", _corpora.Texts, text => margins[text] >= threshold);
        return new HeadTraining(_suffixSettings).Train(texts).User with { Threshold = threshold, Slope = Slope };
    }
}
