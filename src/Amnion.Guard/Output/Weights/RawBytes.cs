namespace Amnion.Guard.Output.Weights;

/// <summary>Reads an answer as bytes written one a character (ISO 8859-1). A character above U+00FF ends a run; plain ASCII text is skipped, for no weights are.</summary>
sealed class RawBytes(WeightLane lane)
{
    const int LongestText = 24;

    int _text;

    public int Held(int fed) => lane.Held(fed);

    public void Feed(char c, int position, AnswerHits hits)
    {
        _text = c is >= ' ' and < (char)127 or '\n' ? _text + 1 : 0;
        if (c > 255 || _text == LongestText)
        {
            lane.Break(hits);
        }
        else if (_text < LongestText)
        {
            lane.Feed((byte)c, position, position + 1, hits);
        }
    }
}
