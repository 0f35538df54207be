using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using Amnion.Attestation;
using Amnion.Records;

namespace Amnion.Client;

/// <summary>Fetches Evidence with a nonce of its own and appraises it against the caller's policy.</summary>
public sealed class EnclaveVerifier(HttpClient http, AmnionClientOptions options)
{
    /// <summary>Bytes of the nonce.</summary>
    public const int NonceLength = 32;

    // A keyset lives at most ten minutes by the enclave's clock; the margin covers clock skew and the request in flight.
    static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    // An enclave's keyset is renewed every few minutes under the same certificates; only their signatures are not verified again.
    readonly AppraisalCache _cache = new();

    /// <summary>Fetches and appraises; the result lists every check, accepted or not.</summary>
    /// <exception cref="AmnionClientException">The relay does not answer, or the bundle cannot be read.</exception>
    public async Task<(EvidenceBundle Bundle, byte[] Nonce, AttestationResult Result)> AppraiseAsync(CancellationToken cancellation)
    {
        var nonce = RandomNumberGenerator.GetBytes(NonceLength);
        var bytes = await FetchAsync(nonce, cancellation).ConfigureAwait(false);
        EvidenceBundle bundle;
        try
        {
            bundle = EvidenceBundle.Parse(bytes);
        }
        catch (RecordFormatException e)
        {
            throw new AmnionClientException(ClientCodes.EvidenceMalformed, $"The relay's Evidence bundle cannot be read ({e.Message}).", inner: e);
        }

        var appraisal = BundleAppraiser.Appraise(bundle, options.Policy, nonce, Purpose.Serve, options.Time.GetUtcNow(), cache: _cache, revocationLists: options.RevocationLists);
        return (bundle, nonce, appraisal);
    }

    /// <summary>An enclave that the policy accepts.</summary>
    /// <exception cref="AmnionClientException">It does not accept it, for any reason.</exception>
    public async Task<VerifiedEnclave> VerifyAsync(CancellationToken cancellation)
    {
        var (bundle, nonce, result) = await AppraiseAsync(cancellation).ConfigureAwait(false);
        if (!result.Accepted)
        {
            var failed = result.Checks.Where(check => check.Outcome != CheckOutcome.Pass).Select(check => check.Code).Distinct();
            throw new AmnionClientException(ClientCodes.EvidenceRefused, $"The enclave's Evidence is refused by the policy ({string.Join(", ", failed)}). Nothing was sent.", result: result);
        }

        foreach (var suite in options.Policy.Suites)
        {
            if (bundle.Keyset.Sealing.FirstOrDefault(key => key.Suites.Contains(suite)) is { } key && SuiteSupport.IsSupported(suite))
            {
                // Both ends of the keyset's validity are Evidence time; what remains of it is counted from now.
                var remaining = TimeSpan.FromMilliseconds(bundle.Keyset.NotAfter - bundle.Keyset.NotBefore) - Margin;
                var evidenceAge = TimeSpan.FromMilliseconds(Math.Max(0, options.Time.GetUtcNow().ToUnixTimeMilliseconds() - bundle.Keyset.NotBefore));
                return new VerifiedEnclave(bundle, nonce, result, key, suite, options.Time.GetUtcNow() + (remaining > evidenceAge ? remaining - evidenceAge : TimeSpan.Zero));
            }
        }

        throw new AmnionClientException(ClientCodes.NoCommonSuite, "The keyset offers no suite of the policy. Nothing was sent.", result: result);
    }

    async Task<byte[]> FetchAsync(byte[] nonce, CancellationToken cancellation)
    {
        var url = new Uri(options.Relay, $".well-known/amnion/evidence?nonce={Base64Url.EncodeToString(nonce)}");
        try
        {
            using var response = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new AmnionClientException(ClientCodes.RelayUnavailable, $"The relay answered {(int)response.StatusCode} to the request for Evidence.", await Problem.CodeOfAsync(response, cancellation).ConfigureAwait(false));
            }

            await using var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            return await BoundedReading.ReadAllAsync(body, EvidenceBundle.MaxLength, cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw new AmnionClientException(ClientCodes.RelayUnavailable, $"The relay at {options.Relay} does not answer ({e.HttpRequestError}).", inner: e);
        }
        catch (InvalidDataException e)
        {
            throw new AmnionClientException(ClientCodes.EvidenceMalformed, "The relay's Evidence bundle is longer than any enclave sends.", inner: e);
        }
    }
}
