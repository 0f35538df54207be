using System.Text;
using Amnion.Enclave.Api;
using Amnion.Enclave.Config;
using Amnion.Records;
using Amnion.Sealing;

namespace Amnion.Enclave.Endpoint;

/// <summary>Decides inside the seal whether a caller is served: a configuration in force, a known API key, room in the quota.</summary>
sealed class CallerAdmission(QuotaMeter quota)
{
    const string Scheme = "Bearer ";

    /// <summary>The tenant that calls. Asking which models there are costs no quota.</summary>
    /// <exception cref="ApiException">The caller is not admitted.</exception>
    public Tenant Admit(BinaryHttpRequest request, Admitted? configuration, bool countsAgainstQuota)
    {
        var admitted = configuration ?? throw new ApiException(ApiError.NotConfigured);
        var authorization = request.FindHeader("authorization");
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            throw new ApiException(ApiError.NoApiKey);
        }

        var tenant = admitted.Find(Encoding.Latin1.GetBytes(authorization[Scheme.Length..].Trim()), out var revoked)
            ?? throw new ApiException(revoked ? ApiError.RevokedApiKey : ApiError.NoApiKey);
        if (countsAgainstQuota)
        {
            CheckQuota(tenant);
        }

        return tenant;
    }

    /// <summary>Books tokens; negative where an estimate was too high.</summary>
    public void Book(Tenant tenant, long tokens) => quota.AddTokens(tenant.Id, tokens);

    void CheckQuota(Tenant tenant)
    {
        switch (quota.TryRequest(tenant, out var retryAfter))
        {
            case QuotaVerdict.TooManyRequests:
                throw new ApiException(ApiError.TooManyRequests(retryAfter));
            case QuotaVerdict.TokensExhausted:
                throw new ApiException(ApiError.TokensExhausted(retryAfter));
            case QuotaVerdict.Allowed:
                return;
        }
    }
}
