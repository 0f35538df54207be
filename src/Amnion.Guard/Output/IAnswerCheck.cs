namespace Amnion.Guard.Output;

/// <summary>
/// One check of an answer, fed character by character, so that what it finds cannot depend on how the answer was cut into chunks. It owns its state, lives for one answer, and takes constant time per character (amortised).
/// </summary>
public interface IAnswerCheck
{
    /// <summary>The check's name, as rules begin: lower-case ASCII.</summary>
    string Name { get; }

    /// <summary>
    /// The position before which this check will report no further hit: everything before it may leave. It never goes back, is at most the number of characters fed, and stays within <see cref="AnswerFilter.LongestHold"/> of it.
    /// </summary>
    int Held { get; }

    /// <summary>Takes the character at <paramref name="position"/> and reports what that proves.</summary>
    void Feed(char character, int position, AnswerHits hits);

    /// <summary>The answer is over; <paramref name="length"/> is its length. Whatever the check still held is decided now.</summary>
    void Complete(int length, AnswerHits hits);
}
