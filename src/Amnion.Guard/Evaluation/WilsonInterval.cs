namespace Amnion.Guard.Evaluation;

/// <summary>A share of a number of trials and its 95 % interval. Wilson, Probable inference, 1927: honest for small numbers and for shares near 0 and 1, where ±1.96 standard errors is not.</summary>
/// <param name="Hits">How often it happened.</param>
/// <param name="Trials">How often it could have.</param>
public readonly record struct WilsonInterval(int Hits, int Trials)
{
    const double Z = 1.959963984540054; // two-sided 95 %

    /// <summary>Hits divided by trials; 0 where there were none.</summary>
    public double Share => Trials == 0 ? 0 : (double)Hits / Trials;

    /// <summary>Lower end, from 0 to 1.</summary>
    public double Low => Trials == 0 ? 0 : Math.Max(0, Centre - HalfWidth);

    /// <summary>Upper end, from 0 to 1.</summary>
    public double High => Trials == 0 ? 1 : Math.Min(1, Centre + HalfWidth);

    double Centre => (Share + (Z * Z / (2 * Trials))) / (1 + (Z * Z / Trials));

    double HalfWidth => Z * Math.Sqrt((Share * (1 - Share) / Trials) + (Z * Z / (4.0 * Trials * Trials))) / (1 + (Z * Z / Trials));
}
