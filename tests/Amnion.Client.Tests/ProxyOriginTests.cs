using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Amnion.Attestation;
using Amnion.Client.Proxy;

namespace Amnion.Client.Tests;

/// <summary>Web pages in the user's browser reach loopback; the proxy answers programs and pages of this machine only.</summary>
public sealed class ProxyOriginTests
{
    static readonly AppraisalPolicy s_policy = new()
    {
        Platform = AttestationPlatform.Local,
        TrustAnchor = Measurement.Zero(32),
        Registers = ImmutableSortedDictionary<int, ImmutableArray<Measurement>>.Empty,
    };

    [Theory]
    [InlineData(null, null, null, true)]
    [InlineData("localhost", null, null, true)]
    [InlineData("localhost", "http://localhost:3000", "same-site", true)]
    [InlineData("[::1]", "https://[::1]:3000", "none", true)]
    [InlineData(null, "http://127.0.0.1", "same-origin", true)]
    [InlineData("rebound.example", null, null, false)]
    [InlineData(null, "https://page.example", null, false)]
    [InlineData(null, "null", null, false)]
    [InlineData(null, "file://", null, false)]
    [InlineData(null, "file:///home/page.html", null, false)]
    [InlineData(null, "file://localhost/page.html", null, false)]
    [InlineData(null, "ftp://localhost", null, false)]
    [InlineData(null, "http://127.0.0.2", null, false)]
    [InlineData(null, "http://localhost.example", null, false)]
    [InlineData(null, null, "cross-site", false)]
    [InlineData(null, "http://localhost:3000", "Cross-Site", false)]
    public async Task Only_programs_and_pages_of_this_machine_are_served(string? host, string? origin, string? site, bool served)
    {
        // Nobody listens there: what is let through ends in 503, before anything is sent.
        using var reserved = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        reserved.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var relay = new Uri($"http://{reserved.LocalEndPoint}");
        await using var proxy = await ProxyServer.StartAsync(new ProxyOptions { Url = "http://127.0.0.1:0", Client = new AmnionClientOptions { Relay = relay, Policy = s_policy } }, TestContext.Current.CancellationToken);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, proxy.BaseUrl + "/models");
        request.Headers.Host = host;
        if (origin is not null)
        {
            request.Headers.TryAddWithoutValidation("Origin", origin);
        }

        if (site is not null)
        {
            request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", site);
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(served ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.Forbidden, response.StatusCode);
    }
}
