using Amnion.Guard.Output;
using Amnion.Guard.Output.Budgets;

namespace Amnion.Guard.Tests.Output;

public class LogprobTests
{
    const int Vocabulary = 48;
    const int Hidden = 7;

    static readonly double[,] s_projection = Projection();

    [Theory]
    [InlineData(true, 0, 0, 0, "logprobs")]
    [InlineData(false, 3, 0, 0, "top_logprobs")]
    [InlineData(false, 0, 1, 100, "logit_bias")]
    [InlineData(false, 0, 1, double.NaN, "logit_bias")]
    public void Refuses_by_default(bool wants, int alternatives, int biased, double bias, string field)
    {
        var refusal = LogprobPolicy.Default.Judge(new LogprobRequest(wants, alternatives, biased, bias));
        Assert.Equal(field, refusal?.Field);
        Assert.Equal(OutputCodes.Logprobs, refusal?.Code);
    }

    [Fact]
    public void Allows_plain_requests_and_what_is_opened()
    {
        Assert.Null(LogprobPolicy.Default.Judge(new LogprobRequest(false, 0, 0, 0)));
        Assert.Null(LogprobPolicy.Default.Judge(new LogprobRequest(false, 0, 2, 5)));
        var open = LogprobPolicy.Default with { AllowLogprobs = true };
        Assert.Null(open.Judge(new LogprobRequest(true, 5, 0, 0)));
        Assert.Equal("top_logprobs", open.Judge(new LogprobRequest(true, 6, 0, 0))?.Field);
        Assert.Equal("top_logprobs", (open with { MostAlternatives = 20 }).Judge(new LogprobRequest(true, 6, 0, 0))?.Field);
        Assert.Equal("logit_bias", open.Judge(new LogprobRequest(true, 1, 1, 1))?.Field);
    }

    [Fact]
    public void Tells_two_decimals_and_nothing_below_the_floor()
    {
        var open = LogprobPolicy.Default with { AllowLogprobs = true, Decimals = 9 };
        Assert.Equal(-1.23, open.Coarsen(-1.2345678));
        Assert.Equal(-8, open.Coarsen(-44.1));
        Assert.Equal(-8, open.Coarsen(double.NegativeInfinity));
        Assert.Equal(-8, open.Coarsen(double.NaN));
    }

    [Fact]
    public void The_rank_attack_finds_the_hidden_size_only_without_the_policy()
    {
        // Carlini et al. 2024 §4: the logits of many prompts lie in a space of the hidden size; a logit bias brings each into the top five.
        Assert.Equal(Hidden, RankOf(Attack(policy: null)));
        var open = LogprobPolicy.Default with { AllowLogprobs = true };
        Assert.NotEqual(Hidden, RankOf(Attack(open)));
        Assert.Empty(Attack(LogprobPolicy.Default));
    }

    /// <summary>Difference of each token's logit to the first's, for every prompt, as far as the policy lets it be asked.</summary>
    static List<double[]> Attack(LogprobPolicy? policy)
    {
        var rows = new List<double[]>();
        for (var prompt = 0; prompt < 2 * Vocabulary; prompt++)
        {
            var logits = Logits(prompt);
            var row = new double[Vocabulary];
            var isAnswered = false;
            for (var token = 0; token < Vocabulary; token++)
            {
                if (policy is null)
                {
                    // With the bias both tokens lead, and the bias falls out of their difference.
                    row[token] = logits[token] - logits[0];
                    isAnswered = true;
                }
                else if (policy.Judge(new LogprobRequest(true, 5, 2, 15)) is null)
                {
                    Assert.Fail("A logit bias passed with log-probabilities.");
                }
                else if (policy.Judge(new LogprobRequest(true, 5, 0, 0)) is null)
                {
                    // Without the bias the attacker sees the top five, rounded; the rest is taken for the floor.
                    var top = logits.OrderDescending().Take(5).Last();
                    var total = Math.Log(logits.Sum(Math.Exp));
                    row[token] = logits[token] >= top ? policy.Coarsen(logits[token] - total) : policy.Floor;
                    isAnswered = true;
                }
            }

            if (isAnswered)
            {
                rows.Add(row);
            }
        }

        return rows;
    }

    static double[] Logits(int prompt)
    {
        var random = new Random(1000 + prompt);
        var hidden = Enumerable.Range(0, Hidden).Select(_ => (random.NextDouble() * 4) - 2).ToArray();
        return [.. Enumerable.Range(0, Vocabulary).Select(token => Enumerable.Range(0, Hidden).Sum(i => s_projection[token, i] * hidden[i]))];
    }

    static double[,] Projection()
    {
        var random = new Random(42);
        var matrix = new double[Vocabulary, Hidden];
        for (var i = 0; i < Vocabulary * Hidden; i++)
        {
            matrix[i / Hidden, i % Hidden] = (random.NextDouble() * 2) - 1;
        }

        return matrix;
    }

    /// <summary>The numerical rank, by elimination with full pivoting: where a pivot falls under a millionth of the greatest.</summary>
    static int RankOf(List<double[]> rows)
    {
        var matrix = rows.Select(row => (double[])row.Clone()).ToList();
        var greatest = 0.0;
        for (var rank = 0; rank < Vocabulary; rank++)
        {
            var (pivot, best, column) = (-1, 0.0, -1);
            for (var i = rank; i < matrix.Count; i++)
            {
                for (var j = 0; j < Vocabulary; j++)
                {
                    if (Math.Abs(matrix[i][j]) > best)
                    {
                        (pivot, best, column) = (i, Math.Abs(matrix[i][j]), j);
                    }
                }
            }

            greatest = Math.Max(greatest, best);
            if (pivot < 0 || best < greatest * 1e-6)
            {
                return rank;
            }

            (matrix[rank], matrix[pivot]) = (matrix[pivot], matrix[rank]);
            for (var i = rank + 1; i < matrix.Count; i++)
            {
                var factor = matrix[i][column] / matrix[rank][column];
                for (var j = 0; j < Vocabulary; j++)
                {
                    matrix[i][j] -= factor * matrix[rank][j];
                }
            }
        }

        return Vocabulary;
    }
}
