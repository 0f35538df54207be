using System.Globalization;

namespace Amnion.Bench;

/// <summary>Prints figures; counts those that miss what was aimed for.</summary>
sealed class Report
{
    public int Missed { get; private set; }

    /// <summary>A figure without a target.</summary>
    public void Say(string what, string figure) => Console.WriteLine($"  {what,-62} {figure}");

    /// <summary>A ratio or amount that should be at least a number.</summary>
    public void AtLeast(string what, Figures figures, double target, string unit = "") => Judge(what, figures, unit, figures.Median >= target, $">= {Text(target)}{unit}");

    /// <summary>An amount that should be at most a number.</summary>
    public void AtMost(string what, Figures figures, double target, string unit) => Judge(what, figures, unit, figures.Median <= target, $"<= {Text(target)}{unit}");

    public static string Text(double value) => value.ToString(Math.Abs(value) >= 100 ? "0" : Math.Abs(value) >= 10 ? "0.0" : "0.000", CultureInfo.InvariantCulture);

    void Judge(string what, Figures figures, string unit, bool reached, string target)
    {
        Missed += reached ? 0 : 1;
        Say(what, $"{Text(figures.Median)}{unit}  ({Text(figures.Least)} to {Text(figures.Most)}; target {target}: {(reached ? "reached" : "MISSED")})");
    }
}
