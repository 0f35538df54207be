using System.Text;

namespace Amnion.Inference.Tests;

/// <summary>A whole generation.</summary>
sealed record Answer(string Text, IReadOnlyList<string> Parts, GenerationEvent Last)
{
    public GenerationEvent.Completed Completed => Assert.IsType<GenerationEvent.Completed>(Last);

    public string FailureCode => Assert.IsType<GenerationEvent.Failed>(Last).Code;

    public static async Task<Answer> CollectAsync(IInferenceEngine engine, GenerationRequest request, Action<GenerationEvent>? observe = null, CancellationToken cancellationToken = default)
    {
        var parts = new List<string>();
        GenerationEvent? last = null;
        await foreach (var next in engine.GenerateAsync(request, cancellationToken == default ? TestContext.Current.CancellationToken : cancellationToken))
        {
            Assert.True(last is null, "An event after the last one.");
            observe?.Invoke(next);
            if (next is GenerationEvent.Text text)
            {
                parts.Add(Encoding.UTF8.GetString(text.Utf8.Span));
            }
            else
            {
                last = next;
            }
        }

        Assert.NotNull(last);
        return new Answer(string.Concat(parts), parts, last);
    }
}
