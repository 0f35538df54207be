using Amnion.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Amnion.KeyBroker.Configuration;

/// <summary>GET /v1/configuration and /v1/configuration/signer, for hosts: both are public and hold hashes only. docs/specs/key-broker.md §6.</summary>
sealed class ConfigurationEndpoints(ConfigurationIssuer issuer, TenantRegistry tenants, RequestGate gate)
{
    /// <summary>Neither request has a body.</summary>
    const int MaxRequestLength = 4096;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/configuration", context => gate.AnswerAsync(context, MaxRequestLength, _ => HttpAnswer.Document(issuer.Current())));
        routes.MapGet("/v1/configuration/signer", context => gate.AnswerAsync(context, MaxRequestLength, _ => HttpAnswer.Document(new ConfigurationSigner { PublicKey = [.. tenants.Signer()] }.ToJson())));
    }
}
