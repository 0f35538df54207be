namespace Amnion.Guard.Output.Leaks;

/// <summary>The least of the last w hashes, the rightmost where several are equal: a queue of rising hashes, constant time per step (amortised).</summary>
sealed class LeastOfWindow(int window)
{
    readonly (ulong Hash, int Place)[] _ring = new (ulong, int)[window + 1];
    int _head;
    int _count;

    public (ulong Hash, int Place) Push(ulong hash, int place)
    {
        while (_count > 0 && _ring[(_head + _count - 1) % _ring.Length].Hash >= hash)
        {
            _count--;
        }

        _ring[(_head + _count) % _ring.Length] = (hash, place);
        _count++;
        while (_ring[_head].Place <= place - window)
        {
            _head = (_head + 1) % _ring.Length;
            _count--;
        }

        return _ring[_head];
    }
}
