namespace Amnion.Guard.Classifier;

/// <summary>How sure a classifier is.</summary>
/// <param name="Score">From 0 to 1; one half is the operating point that was calibrated on benign text.</param>
/// <param name="Margin">The same before it is squeezed into 0 to 1: no bounds, higher is surer. For choosing other operating points.</param>
/// <param name="Window">The stretch of the text that scored highest, in UTF-16 code units.</param>
public readonly record struct ClassifierScore(double Score, double Margin, TextSpan Window)
{
    /// <summary>The score from which on a text counts as found.</summary>
    public const double OperatingPoint = 0.5;

    /// <summary>Whether the text counts as found.</summary>
    public bool Found => Score >= OperatingPoint;
}
