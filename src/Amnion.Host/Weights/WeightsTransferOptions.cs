namespace Amnion.Host;

/// <summary>How patiently ciphertext is fetched over a network.</summary>
public sealed record WeightsTransferOptions
{
    /// <summary>Time until a server's answer begins, redirects included.</summary>
    public TimeSpan ResponseLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time within which the next bytes must come; a stalled connection is given up and the transfer resumed.</summary>
    public TimeSpan ReadLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Attempts in a row that brought less than <see cref="ProgressLength"/> each, after which the transfer fails.</summary>
    public int MaxAttempts { get; init; } = 8;

    /// <summary>Bytes of progress after which the attempts count anew: fewer would let a server keep the transfer busy for ever.</summary>
    public long ProgressLength { get; init; } = 1024 * 1024;

    /// <summary>Pause before the second attempt; doubles each time. Between half and all of it is waited, at random, so that many hosts do not come back at once.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest pause of our own.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest pause that a server may ask for (Retry-After, RFC 9110 §10.2.3); where it asks for more, the transfer fails.</summary>
    public TimeSpan LongestRetryAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Redirects followed for one request, never from https to http. Signed requests follow none.</summary>
    public int MaxRedirects { get; init; } = 5;
}
