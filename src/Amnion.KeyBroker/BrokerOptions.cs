namespace Amnion.KeyBroker;

/// <summary>How a broker runs. Checked as a whole at start.</summary>
public sealed class BrokerOptions
{
    /// <summary>Longest name, in characters: the limit of "amnion/challenge/1".</summary>
    public const int MaxNameLength = 256;

    /// <summary>Longest life of a challenge: an enclave answers within seconds, a minute leaves room for a slow relay.</summary>
    public static readonly TimeSpan LongestChallengeLifetime = TimeSpan.FromSeconds(60);

    /// <summary>Where keys, root key and audit log are: a directory of mode 0700, created at first use.</summary>
    public required string Directory { get; init; }

    /// <summary>Where to listen: "http://address:port", an IP address or localhost; port 0 takes a free one of an address. There is no TLS here: the key is sealed to the enclave and nothing else is secret.</summary>
    public required string Url { get; init; }

    /// <summary>The broker's name, which every challenge carries: 1 to 256 printable ASCII characters.</summary>
    public required string Name { get; init; }

    /// <summary>A root key kept elsewhere than in <see cref="Directory"/>; it must exist.</summary>
    public string? RootKeyFile { get; init; }

    /// <summary>How long a challenge can be answered, 1 to 60 seconds.</summary>
    public TimeSpan ChallengeLifetime { get; init; } = LongestChallengeLifetime;

    /// <summary>Challenges that may be outstanding at once, 1 to 65,536; one takes about 300 bytes.</summary>
    public int MaxOutstandingChallenges { get; init; } = 4096;

    /// <summary>
    /// Challenges of one key that may be outstanding at once, 1 to 65,536. One more forgets the key's oldest: who only asks cannot keep out
    /// an enclave that answers within the time it takes to ask for so many.
    /// </summary>
    public int MaxOutstandingChallengesPerKey { get; init; } = 256;

    /// <summary>Requests of one address (IPv6: one /64) in one minute, 1 to 60,000. A host needs two for each enclave it starts, and one a minute.</summary>
    public int MaxRequestsPerMinutePerAddress { get; init; } = 300;

    /// <summary>
    /// Release requests decided in one minute, 1 to 60,000: so many that answer a challenge, and so many that do not. It bounds the
    /// audit log's growth under attack (about 500 bytes for each decision), since every one is recorded.
    /// </summary>
    public int MaxDecisionsPerMinute { get; init; } = 600;

    /// <summary>Every problem; empty where the options can be used.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        Require(problems, !string.IsNullOrWhiteSpace(Directory), "Directory must name a directory");
        Require(
            problems,
            Uri.TryCreate(Url, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttp && url.PathAndQuery == "/" && url.UserInfo.Length == 0 && url.Fragment.Length == 0,
            "Url must be http://address:port without a path");
        // Kestrel takes a host name it does not know for "every interface", and no free port for "localhost".
        Require(
            problems,
            url is null || url.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 || (url.Host == "localhost" && url.Port != 0),
            "Url must name an IP address, or localhost with a port");
        Require(problems, Name is { Length: > 0 and <= MaxNameLength } && Name.All(c => c is >= ' ' and <= '~'), $"Name must be 1 to {MaxNameLength} printable ASCII characters");
        Require(problems, RootKeyFile is not { Length: 0 }, "RootKeyFile must name a file where it is set");
        Require(problems, ChallengeLifetime >= TimeSpan.FromSeconds(1) && ChallengeLifetime <= LongestChallengeLifetime, "ChallengeLifetime must be 1 to 60 seconds");
        Require(problems, MaxOutstandingChallenges is >= 1 and <= 65_536, "MaxOutstandingChallenges must be 1 to 65536");
        Require(problems, MaxOutstandingChallengesPerKey is >= 1 and <= 65_536, "MaxOutstandingChallengesPerKey must be 1 to 65536");
        Require(problems, MaxRequestsPerMinutePerAddress is >= 1 and <= 60_000, "MaxRequestsPerMinutePerAddress must be 1 to 60000");
        Require(problems, MaxDecisionsPerMinute is >= 1 and <= 60_000, "MaxDecisionsPerMinute must be 1 to 60000");
        return problems;
    }

    static void Require(List<string> problems, bool holds, string problem)
    {
        if (!holds)
        {
            problems.Add(problem);
        }
    }
}
