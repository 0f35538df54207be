namespace Amnion.Bench;

/// <summary>The same figure of several rounds.</summary>
sealed class Figures
{
    readonly List<double> _values = [];

    public IReadOnlyList<double> Values => _values;

    public double Median
    {
        get
        {
            var sorted = _values.Order().ToArray();
            var half = sorted.Length / 2;
            return sorted.Length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
        }
    }

    public double Least => _values.Min();

    public double Most => _values.Max();

    public void Add(double value) => _values.Add(value);

    /// <summary>The last value, or the one so many before it.</summary>
    public double Last(int position) => _values[^position];

    public static Figures Of(params IEnumerable<double> values)
    {
        var figures = new Figures();
        foreach (var value in values)
        {
            figures.Add(value);
        }

        return figures;
    }
}
