namespace Amnion.Guard.Output.Secrets;

/// <summary>A key with a prefix (<see cref="SecretRule"/>).</summary>
sealed class FormatCandidate(SecretRule rule, int start) : SecretCandidate(start)
{
    public override bool Feed(char c, int position, AnswerHits hits)
    {
        if (!rule.Body.Contains(c))
        {
            Complete(position, hits);
            return false;
        }

        if (Hit is not null)
        {
            Hit.GrowTo(position + 1);
            return true;
        }

        Body.Append(c);
        if (rule.Longest > 0)
        {
            return Body.Length <= rule.Longest;
        }

        // Every sixteenth character is often enough, and keeps a long run of an unlikely key cheap.
        if (Body.Length >= rule.Shortest && (Body.Length - rule.Shortest) % 16 == 0 && rule.IsMetBy(Body.ToString()))
        {
            Report(rule.Id, position + 1, hits);
        }

        return Body.Length < LongestBody;
    }

    public override void Complete(int length, AnswerHits hits)
    {
        if (Hit is null && rule.IsMetBy(Body.ToString()))
        {
            Report(rule.Id, length, hits);
        }
    }
}
