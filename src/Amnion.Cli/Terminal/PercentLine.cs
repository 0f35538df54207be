using Amnion.Models.Sealed;

namespace Amnion.Cli.Terminal;

/// <summary>Progress of something long, on stderr, every tenth.</summary>
sealed class PercentLine(Output output) : IProgress<ModelProgress>
{
    const long WorthShowing = 64 * 1024 * 1024;

    int _last;

    public void Report(ModelProgress value)
    {
        var tenth = value.Total < WorthShowing ? 0 : (int)(value.Done * 10 / value.Total);
        if (Interlocked.Exchange(ref _last, tenth) < tenth)
        {
            output.Note($"{tenth * 10} %");
        }
    }
}
