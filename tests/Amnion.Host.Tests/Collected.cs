namespace Amnion.Host.Tests;

/// <summary>Reports in order, on the reporting thread.</summary>
sealed class Collected<T> : IProgress<T>
{
    readonly List<T> _values = [];

    public IReadOnlyList<T> Values
    {
        get
        {
            lock (_values)
            {
                return [.. _values];
            }
        }
    }

    public void Report(T value)
    {
        lock (_values)
        {
            _values.Add(value);
        }
    }
}
