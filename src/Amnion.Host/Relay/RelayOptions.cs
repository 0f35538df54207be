namespace Amnion.Host.Relay;

/// <summary>How <see cref="RelayServer"/> listens and what it lets through at once.</summary>
public sealed record RelayOptions
{
    /// <summary>Where to listen; port 0 takes a free one. Loopback by default: TLS belongs to whatever stands in front.</summary>
    public Uri Url { get; init; } = new("http://127.0.0.1:0");

    /// <summary>Sealed exchanges at once; more are answered 503.</summary>
    public int MostExchanges { get; init; } = 64;

    /// <summary>
    /// Sealed requests per second of one address (IPv6: one /64), sustained. Each takes a place in the enclave's replay memory, whose 65,536
    /// places end a keyset when they are full: ten minutes at this rate, a keyset's whole life, fit into them. Where a proxy stands in
    /// front and hides addresses, it is everybody's rate together.
    /// </summary>
    public int ExchangesPerSecondPerAddress { get; init; } = 100;

    /// <summary>Sealed requests of one address at once before the rate applies.</summary>
    public int ExchangeBurstPerAddress { get; init; } = 400;

    /// <summary>Evidence documents per second, sustained. One costs the enclave an ES384 signature (1 to 2 ms).</summary>
    public int EvidencePerSecond { get; init; } = 20;

    /// <summary>Evidence documents at once before the rate applies.</summary>
    public int EvidenceBurst { get; init; } = 40;

    /// <summary>Longest time in which nothing moves in either direction of an exchange. A long prompt on a slow machine needs minutes.</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often the numbers under /metrics change: counts per request would undo the padding of sealed messages.</summary>
    public TimeSpan MetricsInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Throws where a value makes no sense; every problem is in the message.</summary>
    /// <exception cref="ArgumentException">At least one value is out of range.</exception>
    public void Validate()
    {
        string?[] problems =
        [
            Url.Scheme == Uri.UriSchemeHttp ? null : "Url must be http",
            MostExchanges > 0 ? null : "MostExchanges must be positive",
            ExchangesPerSecondPerAddress > 0 ? null : "ExchangesPerSecondPerAddress must be positive",
            ExchangeBurstPerAddress >= ExchangesPerSecondPerAddress ? null : "ExchangeBurstPerAddress must be at least ExchangesPerSecondPerAddress",
            EvidencePerSecond > 0 ? null : "EvidencePerSecond must be positive",
            EvidenceBurst >= EvidencePerSecond ? null : "EvidenceBurst must be at least EvidencePerSecond",
            IdleLimit > TimeSpan.Zero ? null : "IdleLimit must be positive",
            MetricsInterval > TimeSpan.Zero ? null : "MetricsInterval must be positive",
        ];
        var found = problems.OfType<string>().ToArray();
        if (found.Length > 0)
        {
            throw new ArgumentException(string.Join("; ", found) + ".");
        }
    }
}
