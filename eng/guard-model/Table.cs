namespace Amnion.GuardTraining;

/// <summary>Hashed weights: one set that all heads share and one set for each. With a single head there is no shared set.</summary>
sealed class Table
{
    // Starting value of AdaGrad's sums: features seen once must not jump.
    const float Initial = 0.05f;

    readonly int _heads;
    readonly int _stride;
    readonly float[] _weights;
    readonly float[] _squares;

    public Table(int size, int heads)
    {
        _heads = heads;
        _stride = heads == 1 ? 1 : heads + 1;
        _weights = new float[size * _stride];
        _squares = new float[size * _stride];
    }

    public float Value(int index, int head) => _heads == 1 ? _weights[index] : _weights[index * _stride] + _weights[(index * _stride) + head + 1];

    public void Update(int index, int head, double gradient, double rate, double decay, bool shared)
    {
        Update((index * _stride) + (_heads == 1 ? 0 : head + 1), gradient, rate, decay);
        if (_heads > 1 && shared)
        {
            Update(index * _stride, gradient, rate, decay);
        }
    }

    public float[] Sum(int head)
    {
        var sum = new float[_weights.Length / _stride];
        for (var i = 0; i < sum.Length; i++)
        {
            sum[i] = Value(i, head);
        }

        return sum;
    }

    void Update(int at, double gradient, double rate, double decay)
    {
        var full = (float)(gradient + (decay * _weights[at]));
        _squares[at] += full * full;
        _weights[at] -= (float)(rate * full / Math.Sqrt(_squares[at] + Initial));
    }
}
