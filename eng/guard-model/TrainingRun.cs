using Amnion.Guard;
using Amnion.Guard.Classifier;

namespace Amnion.GuardTraining;

/// <summary>The whole training: corpora and own texts in, artefact out.</summary>
sealed class TrainingRun
{
    const double FalsePositives = 0.01;
    const double Slope = 1.0;

    readonly Corpora _corpora;
    readonly List<TrainingText> _own;
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
        Validation.Print($"left out, user threshold {user:0.000}, document threshold {document:0.000}", _corpora.Texts, text => margins[text] >= (text.Document ? document : user));
        var classifier = InjectionClassifier.Parse(Train(user, document));
        Validation.Print("seen in training", _corpora.Texts, text => classifier.Score(text.Text, text.Document ? GuardChannel.Document : GuardChannel.User).Found);
    }

    public byte[] Train()
    {
        var (_, user, document) = Calibrate();
        return Train(user, document);
    }

    byte[] Train(double userThreshold, double documentThreshold)
    {
        var (user, document) = new PromptTraining(_settings).Train(_corpora.Texts.Concat(_own));
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
            Validation.Threshold(benign.Where(pair => !pair.Key.Document).Select(pair => pair.Value), FalsePositives),
            Validation.Threshold(benign.Where(pair => pair.Key.Document).Select(pair => pair.Value), FalsePositives));
    }
}
