using System.Collections.Immutable;
using Amnion.Guard.Classifier;

namespace Amnion.GuardTraining;

/// <summary>Rounds trained weights to eight bits. The few beyond the clip, ten root mean squares of those in use, lose their excess; a finer step for all others is worth more.</summary>
static class Quantiser
{
    const double Clip = 10;

    public static ClassifierHead Head(HeadTrainer trained, int head, TrainingSettings settings, double threshold, double slope)
    {
        var (words, wordScale) = Round(trained.Words(head));
        var (pieces, pieceScale) = Round(trained.Pieces(head));
        var windows = new WindowShape(settings.UnitsPerBlock, settings.ShortBlocks, settings.LongBlocks, trained.Bias(head, false), trained.Bias(head, true));
        return new ClassifierHead(words, pieces, wordScale, pieceScale, windows, threshold, slope);
    }

    static (ImmutableArray<sbyte> Weights, double Scale) Round(float[] weights)
    {
        var (squares, used, most) = (0.0, 0, 0.0);
        foreach (var weight in weights)
        {
            if (weight != 0)
            {
                squares += (double)weight * weight;
                used++;
                most = Math.Max(most, Math.Abs(weight));
            }
        }

        var limit = used == 0 ? 1 : Math.Min(most, Clip * Math.Sqrt(squares / used));
        var scale = limit / 127;
        return ([.. weights.Select(weight => (sbyte)Math.Clamp(Math.Round(weight / scale), -127, 127))], scale);
    }
}
