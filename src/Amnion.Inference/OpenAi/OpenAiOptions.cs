namespace Amnion.Inference.OpenAi;

/// <summary>Where a workload's server listens and how long it may take.</summary>
public sealed record OpenAiOptions
{
    /// <summary>First port that a server without privileges can listen on.</summary>
    public const int FirstPort = 1024;

    /// <summary>Most requests at once.</summary>
    public const int MaxConcurrentLimit = 256;

    /// <summary>Port on 127.0.0.1, 1024 to 65535.</summary>
    public required int Port { get; init; }

    /// <summary>What the server calls its model, 1 to 256 printable ASCII characters.</summary>
    public required string Model { get; init; }

    /// <summary>The server's name and version as the engine configuration gives them; shown, not checked.</summary>
    public string Name { get; init; } = "openai";

    /// <summary>Requests that run at once, 1 to 256; the rest wait.</summary>
    public required int MaxConcurrent { get; init; }

    /// <summary>Requests of one tenant that may wait.</summary>
    public int MaxWaiting { get; init; } = 64;

    /// <summary>From the start until the server must say that it is ready.</summary>
    public TimeSpan ReadyWithin { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Between two questions whether it is ready.</summary>
    public TimeSpan ReadyInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>From a request to the first event of its answer: reading a long prompt takes that long.</summary>
    public TimeSpan FirstEventWithin { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Between two events of an answer. Bytes that complete none do not count.</summary>
    public TimeSpan EventWithin { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A whole answer: as long as an exchange with the enclave may take.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Between two looks whether somebody still listens.</summary>
    public TimeSpan WatchInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Refuses values that cannot work.</summary>
    /// <exception cref="ArgumentException">A value is outside its limits.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Port, FirstPort);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Port, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConcurrent, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxConcurrent, MaxConcurrentLimit);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxWaiting);
        if (Model.Length is 0 or > 256 || Model.Any(c => c is < ' ' or > '~'))
        {
            throw new ArgumentException("The model's name must be 1 to 256 printable ASCII characters.");
        }
    }
}
