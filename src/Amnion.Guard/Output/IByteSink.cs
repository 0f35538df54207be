namespace Amnion.Guard.Output;

/// <summary>Takes the bytes that a part of an answer stands for.</summary>
interface IByteSink
{
    /// <summary>Takes a byte; [start, end) are the characters of the answer it was read from.</summary>
    void Feed(byte value, int start, int end, AnswerHits hits);

    /// <summary>What follows does not continue what was fed.</summary>
    void Break(AnswerHits hits);

    /// <summary>See <see cref="IAnswerCheck.Held"/>.</summary>
    int Held(int fed);
}
