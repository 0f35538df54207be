namespace Amnion.Guard.Text;

/// <summary>The stretch of words whose gains add up to most, followed word by word.</summary>
struct Stretch
{
    // Eighths of a bit lost since the best end: what comes after is no part of it.
    const int Loss = 200;

    int _sum;
    int _from;

    public int Best { get; private set; }

    public int Start { get; private set; }

    public int End { get; private set; }

    /// <summary>Adds a word. True where a stretch is over and worth reading.</summary>
    public bool Take(int gain, int start, int end, int enough)
    {
        if (_sum <= 0)
        {
            _sum = 0;
            _from = start;
        }

        _sum += gain;
        if (_sum > Best)
        {
            Best = _sum;
            Start = _from;
            End = end;
        }

        if (Best >= enough && (_sum <= 0 || _sum < Best - Loss))
        {
            return true;
        }

        if (_sum <= 0)
        {
            Best = 0;
        }

        return false;
    }
}
