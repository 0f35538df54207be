namespace Amnion.GuardTraining;

/// <summary>
/// Logistic regression by AdaGrad (Duchi, Hazan and Singer, 2011) over the best window of each text: what training pushes up or down is what scoring will look at, so that an instruction in one sentence of a long document teaches
/// that sentence and not the document. Several heads share a table and each adds its own (Daumé, Frustratingly easy domain adaptation, 2007). No operation whose rounding depends on the machine is used, so that the same texts give the same weights.
/// </summary>
sealed class HeadTrainer
{
    readonly TrainingSettings _settings;
    readonly Table _words;
    readonly Table _pieces;
    readonly double[] _biases;
    readonly double[] _biasSquares;

    public HeadTrainer(TrainingSettings settings, int heads)
    {
        _settings = settings;
        _words = new Table(1 << settings.WordBits, heads);
        _pieces = new Table(1 << settings.PieceBits, heads);
        _biases = new double[heads * 2];
        _biasSquares = new double[heads * 2];
    }

    public double Bias(int head, bool isLong) => _biases[(head * 2) + (isLong ? 1 : 0)];

    public float[] Words(int head) => _words.Sum(head);

    public float[] Pieces(int head) => _pieces.Sum(head);

    public void Train(IReadOnlyList<(FeatureText Features, bool Attack, int Head, float Weight, bool Shared)> texts)
    {
        var random = new SplitMix(_settings.Seed);
        int[] order = [.. Enumerable.Range(0, texts.Count)];
        for (var epoch = 0; epoch < _settings.Epochs; epoch++)
        {
            random.Shuffle(order);
            foreach (var i in order)
            {
                var (features, attack, head, weight, shared) = texts[i];
                var window = Best(features, head, out var margin);
                Step(features, window, head, attack, margin, weight, shared);
                if (!attack && features.Blocks > _settings.ShortBlocks)
                {
                    // One window taught would leave the rest of a long benign text free to grow between epochs.
                    var start = random.Next(features.Blocks - _settings.ShortBlocks + 1);
                    var other = new Window(start, start + _settings.ShortBlocks, false);
                    Step(features, other, head, false, Margin(features, other, head), weight, shared);
                }
            }
        }
    }

    Window Best(FeatureText text, int head, out double best)
    {
        best = double.NegativeInfinity;
        var window = default(Window);
        Span<(double Words, double Pieces)> sums = text.Blocks <= 512 ? stackalloc (double, double)[text.Blocks] : new (double, double)[text.Blocks];
        for (var block = 0; block < text.Blocks; block++)
        {
            var (w, p) = (0.0, 0.0);
            for (var i = block == 0 ? 0 : text.WordEnds[block - 1]; i < text.WordEnds[block]; i++)
            {
                w += _words.Value(text.Words[i], head);
            }

            for (var i = block == 0 ? 0 : text.PieceEnds[block - 1]; i < text.PieceEnds[block]; i++)
            {
                p += _pieces.Value(text.Pieces[i], head);
            }

            sums[block] = (w, p);
        }

        for (var end = 1; end <= text.Blocks; end++)
        {
            Consider(text, sums, new Window(Math.Max(0, end - _settings.ShortBlocks), end, false), head, ref best, ref window);
            Consider(text, sums, new Window(Math.Max(0, end - _settings.LongBlocks), end, true), head, ref best, ref window);
        }

        return window;
    }

    void Consider(FeatureText text, ReadOnlySpan<(double Words, double Pieces)> sums, Window candidate, int head, ref double best, ref Window window)
    {
        var (w, p) = (0.0, 0.0);
        for (var block = candidate.Start; block < candidate.End; block++)
        {
            w += sums[block].Words;
            p += sums[block].Pieces;
        }

        var margin = Bias(head, candidate.IsLong) + Normal(w, candidate.Words(text)) + Normal(p, candidate.Pieces(text));
        if (margin > best)
        {
            (best, window) = (margin, candidate);
        }
    }

    double Margin(FeatureText text, Window window, int head)
    {
        var (w, p) = (0.0, 0.0);
        var (words, pieces) = (window.Words(text), window.Pieces(text));
        for (var i = words.Start; i < words.End; i++)
        {
            w += _words.Value(text.Words[i], head);
        }

        for (var i = pieces.Start; i < pieces.End; i++)
        {
            p += _pieces.Value(text.Pieces[i], head);
        }

        return Bias(head, window.IsLong) + Normal(w, words) + Normal(p, pieces);
    }

    void Step(FeatureText text, Window window, int head, bool attack, double margin, float weight, bool shared)
    {
        var gradient = (Logistic(margin) - (attack ? 1 : 0)) * weight;
        if (Math.Abs(gradient) < 1e-4)
        {
            return;
        }

        var (words, pieces) = (window.Words(text), window.Pieces(text));
        var step = gradient / Math.Sqrt(Math.Max(1, words.End - words.Start));
        for (var i = words.Start; i < words.End; i++)
        {
            _words.Update(text.Words[i], head, step, _settings.Rate, _settings.Decay, shared);
        }

        step = gradient / Math.Sqrt(Math.Max(1, pieces.End - pieces.Start));
        for (var i = pieces.Start; i < pieces.End; i++)
        {
            _pieces.Update(text.Pieces[i], head, step, _settings.Rate, _settings.Decay, shared);
        }

        var bias = (head * 2) + (window.IsLong ? 1 : 0);
        _biasSquares[bias] += gradient * gradient;
        _biases[bias] -= _settings.Rate * gradient / Math.Sqrt(_biasSquares[bias] + 1e-8);
    }

    static double Normal(double sum, (int Start, int End) range) => range.End > range.Start ? sum / Math.Sqrt(range.End - range.Start) : 0;

    /// <summary>1 / (1 + e^-x). The exponential is a limit, (1 + x/1024)^1024, because the library's differs in the last bit between machines.</summary>
    static double Logistic(double x)
    {
        var power = 1 - (Math.Clamp(x, -30, 30) / 1024);
        for (var i = 0; i < 10; i++)
        {
            power *= power;
        }

        return 1 / (1 + power);
    }
}
