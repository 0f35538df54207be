namespace Amnion.Enclave.Config;

/// <summary>What a tenant's quota says about one more request.</summary>
enum QuotaVerdict
{
    /// <summary>It may run.</summary>
    Allowed,

    /// <summary>Too many requests this minute.</summary>
    TooManyRequests,

    /// <summary>The hour's tokens are used up.</summary>
    TokensExhausted,
}
