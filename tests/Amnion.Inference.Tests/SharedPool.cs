namespace Amnion.Inference.Tests;

/// <summary>One pool over the random model and one over the demo model, for tests that leave them as they were.</summary>
public sealed class SharedPool : IAsyncLifetime
{
    internal WorkerPool Random { get; private set; } = null!;

    internal WorkerPool Demo { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Random = await TestEngine.StartAsync(TestEngine.Options with { Pooling = EmbeddingPooling.Mean });
        Demo = await TestEngine.StartAsync(weights: TestEngine.Demo);
    }

    public async ValueTask DisposeAsync()
    {
        await Random.DisposeAsync();
        await Demo.DisposeAsync();
    }
}
