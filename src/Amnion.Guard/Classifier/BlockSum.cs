namespace Amnion.Guard.Classifier;

/// <summary>Sums of weights and numbers of features over a stretch of text. Sixty-four bits, for a text may be as long as memory.</summary>
struct BlockSum
{
    public long WordSum;
    public long WordCount;
    public long PieceSum;
    public long PieceCount;
    public int Start;

    public void Add(in BlockSum other)
    {
        WordSum += other.WordSum;
        WordCount += other.WordCount;
        PieceSum += other.PieceSum;
        PieceCount += other.PieceCount;
    }

    public void Remove(in BlockSum other)
    {
        WordSum -= other.WordSum;
        WordCount -= other.WordCount;
        PieceSum -= other.PieceSum;
        PieceCount -= other.PieceCount;
    }
}
