using Amnion.Guard.Classifier;
using Amnion.Guard.Text;

namespace Amnion.GuardTraining;

/// <summary>Trains the user and the document head together, on folded text, or the suffix head alone, on the text as it came.</summary>
sealed class HeadTraining(TrainingSettings settings)
{
    readonly Dictionary<string, FeatureText> _features = new(StringComparer.Ordinal);

    /// <summary>Heads with their operating point at margin 0.</summary>
    public (ClassifierHead User, ClassifierHead Document) Train(IEnumerable<TrainingText> texts)
    {
        var trainer = new HeadTrainer(settings, settings.Suffix ? 1 : 2);
        trainer.Train([.. texts.Select(text => (Features(text.Text), text.Attack, text.Document && !settings.Suffix ? 1 : 0, text.Weight, !IsOfItsHead(text)))]);
        return (Quantiser.Head(trainer, 0, settings, 0, 1), Quantiser.Head(trainer, settings.Suffix ? 0 : 1, settings, 0, 1));
    }

    /// <summary>What a user may ask and a document may not says nothing about documents: such texts teach the user head alone.</summary>
    static bool IsOfItsHead(TrainingText text) => text is { Attack: false, Document: false, Source: OwnTexts.Source };

    FeatureText Features(string text)
    {
        if (!_features.TryGetValue(text, out var features))
        {
            _features[text] = features = FeatureText.Of(settings.Suffix ? text : TextNormalizer.Fold(text), settings.Suffix, settings.WordBits, settings.PieceBits, settings.UnitsPerBlock);
        }

        return features;
    }
}
