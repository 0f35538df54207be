namespace Amnion.Guard.Output.Prompts;

/// <summary>Feeds decoded bytes to a phrase lane, as ASCII: phrases that are worth encoding are.</summary>
sealed class PhraseBytes(PhraseLane lane) : IByteSink
{
    public void Feed(byte value, int start, int end, AnswerHits hits)
    {
        if (value is >= 0x20 and < 0x7F or 0x0A or 0x0D or 0x09)
        {
            lane.Feed(value, start, end, hits);
        }
        else
        {
            Break(hits);
        }
    }

    public void Break(AnswerHits hits)
    {
        lane.Complete(hits);
        lane.Break();
    }

    public int Held(int fed) => lane.Held(fed);
}
