using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Text;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Attestation.Dcap;
using Amnion.Attestation.SevSnp;
using Amnion.Cli.EndorsementCollection;
using Amnion.Cli.Terminal;

namespace Amnion.Cli.Tests.EndorsementCollection;

/// <summary>Fetching endorsements from recorded answers of the manufacturers: what arrives, what does not, and what is kept.</summary>
public sealed class EndorsementFetchTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("amnion-endorse-").FullName;
    readonly ReplayServer _server = new();
    readonly HastyClock _clock = new();

    string CacheFolder => Path.Combine(_folder, "cache");

    public void Dispose()
    {
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    async Task<ImmutableArray<CollectedEndorsement>> CollectAsync(byte[] evidence, bool offline = false, HastyClock? clock = null)
    {
        var needs = EndorsementNeeds.Of(evidence, product: null);
        using var fetcher = offline ? null : new EndorsementFetcher(clock ?? _clock, _server.Url);
        return await new EndorsementCollector(new EndorsementCache(CacheFolder, clock ?? _clock), fetcher, clock ?? _clock).CollectAsync(needs, CancellationToken.None);
    }

    static CollectedEndorsement Of(ImmutableArray<CollectedEndorsement> collected, EndorsementKind kind) => collected.First(item => item.Need.Kind == kind);

    [Fact]
    public async Task What_intel_serves_for_a_quote_verifies_it()
    {
        Recorded.Intel(_server);
        var collected = await CollectAsync(Recorded.TdxQuote);
        Assert.All(collected, item => Assert.Equal(CollectedState.Fetched, item.State));
        Assert.Equal(["api.trustedservices.intel.com", "api.trustedservices.intel.com", "api.trustedservices.intel.com", "certificates.trustedservices.intel.com"], collected.Select(item => item.Need.Url.Host));
        var folder = Path.Combine(_folder, "out");
        EndorsementsCommand.Copy(collected, folder);
        var endorsements = EndorsementFiles.Read([folder]);
        var counts = (endorsements.TcbInfos.Length, endorsements.EnclaveIdentities.Length, endorsements.RevocationLists.Length, endorsements.Certificates.Length);
        Assert.Equal((1, 1, 2, 2), counts);
        var result = DcapVerifier.Verify(DcapQuote.Parse(Recorded.TdxQuote), new DcapVerification { Anchors = [DcapRoots.IntelSgxRootCa], At = _clock.Now, Endorsements = endorsements });
        Assert.Empty(result.Checks.Where(check => check.Kind == CheckKind.Authenticity && check.Rejects).Select(check => check.Code));
        Assert.Contains(DcapVerifier.Verify(DcapQuote.Parse(Recorded.TdxQuote), new DcapVerification { Anchors = [DcapRoots.IntelSgxRootCa], At = _clock.Now }).Checks, check => check.Rejects);
    }

    [Fact]
    public async Task What_amd_serves_for_a_report_verifies_it()
    {
        const string Chip = "66a5a7b4403a3006ca734aa36a76dd3061d56f398e1e73b0be683ecd2eede9e70811c677abf8d9c9251b52baafbdc97b8121ec0c75661ffba636073b09fa563a";
        _server.On($"/vcek/v1/Milan/{Chip}?blSPL=04&teeSPL=00&snpSPL=24&ucodeSPL=219", ReplayServer.Answer(200, Recorded.Read("snp/azure-milan-v3-a/vcek.der")));
        _server.On("/vcek/v1/Milan/cert_chain", ReplayServer.Answer(200, Recorded.Read("snp/roots-milan/ask_ark_milan.pem")));
        _server.On("/vcek/v1/Milan/crl", ReplayServer.Answer(200, Recorded.Read("snp/amd-crl-milan/milan.crl")));
        var collected = await CollectAsync(Recorded.SnpReport);
        Assert.All(collected, item => Assert.Equal(CollectedState.Fetched, item.State));
        var endorsements = EndorsementFiles.Sort(collected.SelectMany(item => item.Files).SelectMany(file => EndorsementContent.Recognise(file.Content)));
        var checks = SnpVerifier.Verify(SnpReport.Parse(Recorded.SnpReport), new SnpVerification { Anchors = SnpRoots.All, At = new DateTimeOffset(2025, 6, 1, 0, 0, 0, TimeSpan.Zero), Endorsements = endorsements });
        Assert.DoesNotContain(checks, check => check.Outcome == CheckOutcome.Fail && check.Code.StartsWith("AMN-SNP", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nvidias_manifests_come_out_of_their_envelope_and_their_signers_are_asked_about_too()
    {
        var xml = Recorded.Read("nvidia/rim-google-nv-gpu-driver-gh100-550-90-07/NV_GPU_DRIVER_GH100_550.90.07.xml");
        _server.On("/v1/rim/NV_GPU_DRIVER_GH100_550.90.07", ReplayServer.Answer(200, JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["id"] = "x", ["rim"] = Convert.ToBase64String(xml) })));
        _server.On("/", ReplayServer.Answer(200, Convert.FromBase64String(Encoding.ASCII.GetString(Recorded.Read("nvidia/ocsp-test-gpu-certificate-l2/test_gpu_certificate_l2_base64encoded_ocsp_response.dat")).Trim())));
        var collected = await CollectAsync(Recorded.Gpu);
        var endorsements = EndorsementFiles.Sort(collected.SelectMany(item => item.Files).SelectMany(file => EndorsementContent.Recognise(file.Content)));
        Assert.True(Assert.Single(endorsements.Rims).Span.SequenceEqual(xml));
        Assert.Single(endorsements.OcspResponses);
        Assert.Equal([(CollectedState.Failed, EndorsementCodes.Refused)], collected.Where(item => !item.Had).Select(item => (item.State, item.Code!)));
        Assert.Contains(collected, item => item.Need.Name.Contains("VBIOS", StringComparison.Ordinal) && !item.Had);
        Assert.Contains(collected, item => item.Need.Name.Contains("of the device", StringComparison.Ordinal) && item.Had);
        Assert.Contains(collected, item => item.Need.Name.Contains("of the signer", StringComparison.Ordinal) && item.Had);
        Assert.Equal(_server.Bodies.Count, _server.Bodies.Select(Convert.ToHexString).Distinct().Count());
        Assert.All(_server.Bodies, body => Assert.Equal(48, CertificateName(body).Length));
    }

    [Fact]
    public async Task Requests_carry_no_cookie_credential_or_trace()
    {
        _server.On(Recorded.RootListPath, ReplayServer.Answer(503, [], ("Set-Cookie", "a=b")), ReplayServer.Answer(200, Recorded.Read("tdx/google-v4-00b252/root_ca_crl.der")));
        _ = await CollectAsync(Recorded.TdxQuote);
        Assert.True(_server.Requests.Count >= 2);
        Assert.All(_server.Requests, request => Assert.Equal(["Host", "User-Agent"], request.Split("\r\n").Skip(1).Where(line => line.Contains(':', StringComparison.Ordinal)).Select(line => line.Split(':')[0]).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task What_is_not_there_is_told_and_the_rest_goes_on()
    {
        Recorded.Intel(_server);
        _server.On(Recorded.TcbPath, ReplayServer.Answer(404, "no"u8));
        var collected = await CollectAsync(Recorded.TdxQuote);
        var failed = Assert.Single(collected, item => !item.Had);
        Assert.Equal((EndorsementKind.TcbInfo, CollectedState.Failed, EndorsementCodes.Refused), (failed.Need.Kind, failed.State, failed.Code));
        Assert.Contains("404", failed.Message, StringComparison.Ordinal);
        Assert.Empty(_clock.Pauses);
        Assert.Equal(4, _server.Requests.Count);
    }

    [Fact]
    public async Task A_source_that_is_busy_is_asked_again_when_it_says_so()
    {
        Recorded.Intel(_server);
        _server.On(Recorded.TcbPath, ReplayServer.Answer(429, [], ("Retry-After", "7")), ReplayServer.Answer(503, []), ReplayServer.Answer(500, []), Recorded.Tcb);
        var collected = await CollectAsync(Recorded.TdxQuote);
        Assert.All(collected, item => Assert.Equal(CollectedState.Fetched, item.State));
        Assert.Equal([TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4)], _clock.Pauses);
    }

    [Fact]
    public async Task A_source_that_stays_busy_is_given_up_after_some_attempts()
    {
        Recorded.Intel(_server);
        _server.On(Recorded.TcbPath, ReplayServer.Answer(429, []));
        var collected = await CollectAsync(Recorded.TdxQuote);
        Assert.Equal((CollectedState.Failed, EndorsementCodes.Refused), (Of(collected, EndorsementKind.TcbInfo).State, Of(collected, EndorsementKind.TcbInfo).Code));
        Assert.Equal(EndorsementFetcher.MaxAttempts - 1, _clock.Pauses.Count);
        Assert.Equal(EndorsementFetcher.MaxAttempts, _server.Requests.Count(request => request.Contains(Recorded.TcbPath, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_source_that_asks_for_too_long_a_wait_is_not_waited_for()
    {
        Recorded.Intel(_server);
        _server.On(Recorded.TcbPath, ReplayServer.Answer(429, [], ("Retry-After", "3600")));
        Assert.Equal(CollectedState.Failed, Of(await CollectAsync(Recorded.TdxQuote), EndorsementKind.TcbInfo).State);
        _server.On(Recorded.TcbPath, ReplayServer.Answer(429, [], ("Retry-After", _clock.Now.AddSeconds(9).ToString("R"))), Recorded.Tcb);
        Assert.Equal(CollectedState.Fetched, Of(await CollectAsync(Recorded.TdxQuote), EndorsementKind.TcbInfo).State);
        Assert.Equal([TimeSpan.FromSeconds(9)], _clock.Pauses);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_asked_for_again_and_never_kept()
    {
        Recorded.Intel(_server);
        var whole = Recorded.Tcb;
        _server.On(Recorded.TcbPath, whole[..^100]);
        var item = Of(await CollectAsync(Recorded.TdxQuote), EndorsementKind.TcbInfo);
        Assert.Equal((CollectedState.Failed, EndorsementCodes.Unreachable), (item.State, item.Code));
        Assert.Equal(EndorsementFetcher.MaxAttempts - 1, _clock.Pauses.Count);
        _server.On(Recorded.TcbPath, whole[..^100], whole);
        Assert.Equal(CollectedState.Fetched, Of(await CollectAsync(Recorded.TdxQuote), EndorsementKind.TcbInfo).State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_that_is_too_long_is_refused_whether_it_says_so_or_not(bool announced)
    {
        Recorded.Intel(_server);
        var body = new byte[1024 * 1024 + 1];
        var answer = announced ? ReplayServer.Answer(200, [], body.Length) : [.. "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"u8, .. body];
        _server.On(Recorded.TcbPath, answer);
        var item = Of(await CollectAsync(Recorded.TdxQuote), EndorsementKind.TcbInfo);
        Assert.Equal((CollectedState.Failed, EndorsementCodes.TooLong), (item.State, item.Code));
        Assert.Empty(_clock.Pauses);
    }

    public static TheoryData<string> WrongBodies => ["<html>log in</html>", "{}", "{\"enclaveIdentity\":{}}", "", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"];

    [Theory]
    [MemberData(nameof(WrongBodies))]
    public async Task Content_of_another_kind_is_refused_and_not_kept(string body)
    {
        Recorded.Intel(_server);
        _server.On(Recorded.TcbPath, ReplayServer.Answer(200, Encoding.ASCII.GetBytes(body), ("TCB-Info-Issuer-Chain", "x")));
        var item = Of(await CollectAsync(Recorded.TdxQuote), EndorsementKind.TcbInfo);
        Assert.Equal((CollectedState.Failed, EndorsementCodes.WrongContent), (item.State, item.Code));
        Assert.Null(new EndorsementCache(CacheFolder, _clock).Find(item.Need.Key, out _));
    }

    [Fact]
    public async Task Tcb_info_without_its_chain_is_of_no_use()
    {
        Recorded.Intel(_server);
        _server.On(Recorded.TcbPath, ReplayServer.Answer(200, Recorded.Read("tdx/google-v4-00b252/tcb_info.json")));
        Assert.Equal(EndorsementCodes.WrongContent, Of(await CollectAsync(Recorded.TdxQuote), EndorsementKind.TcbInfo).Code);
    }

    [Fact]
    public async Task Redirects_are_followed_on_their_host_only()
    {
        Recorded.Intel(_server);
        _server.On(Recorded.TcbPath, ReplayServer.Answer(302, [], ("Location", "/moved")));
        _server.On("/moved", Recorded.Tcb);
        Assert.Equal(CollectedState.Fetched, Of(await CollectAsync(Recorded.TdxQuote), EndorsementKind.TcbInfo).State);

        using var other = new ReplayServer();
        other.On("/moved", Recorded.Tcb);
        _clock.Now += TimeSpan.FromDays(2);
        foreach (var location in new[] { other.Url + "moved", "https://example.invalid/", "ftp://127.0.0.1/", Recorded.TcbPath })
        {
            _server.On(Recorded.TcbPath, ReplayServer.Answer(301, [], ("Location", location)));
            Assert.Equal(EndorsementCodes.RedirectedAway, Of(await CollectAsync(Recorded.TdxQuote), EndorsementKind.TcbInfo).Code);
        }

        Assert.Equal(0, other.Connections);
    }

    [Fact]
    public async Task A_source_that_never_answers_is_given_up()
    {
        Recorded.Intel(_server);
        _server.On(Recorded.RootListPath, [[]]);
        var item = (await CollectAsync(Recorded.TdxQuote, clock: new HastyClock { TimesOut = true }))[^1];
        Assert.Equal((CollectedState.Failed, EndorsementCodes.Unreachable), (item.State, item.Code));
        Assert.Contains("30 s", item.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_is_not_there_is_told()
    {
        Uri url;
        using (var gone = new ReplayServer())
        {
            url = gone.Url;
        }

        using var fetcher = new EndorsementFetcher(_clock, url);
        var need = EndorsementNeeds.Of(Recorded.TdxQuote, null)[0];
        Assert.Equal(EndorsementCodes.Unreachable, (await Assert.ThrowsAsync<EndorsementException>(() => fetcher.FetchAsync(need, CancellationToken.None))).Code);
    }

    [Fact]
    public async Task What_was_fetched_once_is_taken_from_the_cache_and_asked_for_again_when_it_is_old()
    {
        Recorded.Intel(_server);
        _ = await CollectAsync(Recorded.TdxQuote);
        Assert.All(await CollectAsync(Recorded.TdxQuote), item => Assert.Equal(CollectedState.Cached, item.State));
        Assert.Equal(4, _server.Requests.Count);
        _clock.Now += TimeSpan.FromHours(25);
        Assert.All(await CollectAsync(Recorded.TdxQuote), item => Assert.Equal(CollectedState.Fetched, item.State));
        Assert.Equal(8, _server.Requests.Count);
    }

    [Fact]
    public async Task Where_the_source_fails_an_old_copy_is_better_than_none_and_called_stale()
    {
        Recorded.Intel(_server);
        _ = await CollectAsync(Recorded.TdxQuote);
        _clock.Now += TimeSpan.FromHours(25);
        _server.On(Recorded.TcbPath, ReplayServer.Answer(404, []));
        var item = Of(await CollectAsync(Recorded.TdxQuote), EndorsementKind.TcbInfo);
        Assert.Equal((CollectedState.Stale, EndorsementCodes.Refused, 2), (item.State, item.Code, item.Files.Length));
    }

    [Fact]
    public async Task Offline_opens_no_connection_and_says_what_is_missing()
    {
        var empty = await CollectAsync(Recorded.TdxQuote, offline: true);
        Assert.All(empty, item => Assert.Equal((CollectedState.Missing, EndorsementCodes.Missing), (item.State, item.Code)));
        Recorded.Intel(_server);
        _server.On(Recorded.TcbPath, ReplayServer.Answer(404, []));
        _ = await CollectAsync(Recorded.TdxQuote);
        var before = _server.Connections;
        var offline = await CollectAsync(Recorded.TdxQuote, offline: true);
        Assert.Equal([CollectedState.Missing, CollectedState.Cached, CollectedState.Cached, CollectedState.Cached], offline.Select(item => item.State));
        _clock.Now += TimeSpan.FromDays(3);
        offline = await CollectAsync(Recorded.TdxQuote, offline: true);
        Assert.Equal([CollectedState.Missing, CollectedState.Stale, CollectedState.Stale, CollectedState.Stale], offline.Select(item => item.State));
        Assert.Equal(before, _server.Connections);
    }

    [Fact]
    public async Task A_damaged_copy_is_noticed_and_fetched_again()
    {
        Recorded.Intel(_server);
        var first = await CollectAsync(Recorded.TdxQuote);
        var path = Of(first, EndorsementKind.TcbInfo).Files[0].Path;
        var content = File.ReadAllBytes(path);
        foreach (var damaged in new[] { content[..^1], [.. content[..^1], (byte)' '], [] })
        {
            File.WriteAllBytes(path, damaged);
            var offline = Of(await CollectAsync(Recorded.TdxQuote, offline: true), EndorsementKind.TcbInfo);
            Assert.Equal((CollectedState.Missing, true), (offline.State, offline.Message!.Contains("altered", StringComparison.Ordinal)));
            var again = Of(await CollectAsync(Recorded.TdxQuote), EndorsementKind.TcbInfo);
            Assert.Equal((CollectedState.Fetched, EndorsementCodes.CacheDamaged), (again.State, again.Code));
            Assert.Equal(content, File.ReadAllBytes(path));
        }
    }

    [Fact]
    public void The_summary_is_one_json_object_or_lines()
    {
        var need = new EndorsementNeed("a list", EndorsementKind.RevocationList, new Uri("https://example.com/crl"));
        ImmutableArray<CollectedEndorsement> collected = [new CollectedEndorsement(need, CollectedState.Missing) { Code = EndorsementCodes.Missing, Message = "not in the cache" }];
        using var json = new StringWriter();
        EndorsementsCommand.Show(new Output(json: true, json, TextWriter.Null), collected);
        using var document = JsonDocument.Parse(json.ToString());
        Assert.False(document.RootElement.GetProperty("complete").GetBoolean());
        var item = Assert.Single(document.RootElement.GetProperty("endorsements").EnumerateArray());
        Assert.Equal(("Missing", EndorsementCodes.Missing, "https://example.com/crl"), (item.GetProperty("state").GetString(), item.GetProperty("code").GetString(), item.GetProperty("url").GetString()));
        using var lines = new StringWriter();
        EndorsementsCommand.Show(new Output(json: false, lines, TextWriter.Null), collected);
        Assert.Contains("MISSING", lines.ToString(), StringComparison.Ordinal);
        Assert.Contains("INCOMPLETE", lines.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_fetches_through_a_mirror_and_leaves_what_is_needed_in_a_folder()
    {
        Recorded.Intel(_server);
        var (file, folder) = (Path.Combine(_folder, "quote.txt"), Path.Combine(_folder, "out"));
        File.WriteAllText(file, Convert.ToBase64String(Recorded.TdxQuote));
        string[] command = ["fetch", file, "--cache", CacheFolder, "--out", folder];
        Assert.Equal(ExitCode.Internal, await EndorsementsCommand.Create().Parse([.. command, "--offline"]).InvokeAsync());
        Assert.Equal(0, _server.Connections);
        Assert.Equal(ExitCode.Accepted, await EndorsementsCommand.Create().Parse([.. command, "--mirror", _server.Url.AbsoluteUri]).InvokeAsync());
        Assert.Single(EndorsementFiles.Read([folder]).TcbInfos);
        Assert.Equal(ExitCode.Accepted, await EndorsementsCommand.Create().Parse([.. command, "--offline"]).InvokeAsync());
    }

    [Theory]
    [InlineData("http://pccs.example")]
    [InlineData("https://user:secret@pccs.example")]
    public async Task An_address_that_tells_secrets_or_has_no_tls_is_refused(string mirror)
    {
        using var fetcher = new EndorsementFetcher(_clock, new Uri(mirror));
        var refused = await Assert.ThrowsAsync<CliException>(() => fetcher.FetchAsync(EndorsementNeeds.Of(Recorded.TdxQuote, null)[0], CancellationToken.None));
        Assert.Equal(CliCodes.UrlMalformed, refused.Code);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://pccs.example", "https://pccs.example/sgx/x?y=1")]
    [InlineData("https://pccs.example/base/", "https://pccs.example/base/sgx/x?y=1")]
    public void A_mirror_keeps_paths(string mirror, string expected) =>
        Assert.Equal(expected, EndorsementFetcher.Target(new Uri("https://api.trustedservices.intel.com/sgx/x?y=1"), new Uri(mirror)).AbsoluteUri);

    [Fact]
    public void Evidence_that_is_none_is_refused()
    {
        var refused = Assert.Throws<CliException>(() => EndorsementNeeds.Of([1, 2, 3], null));
        Assert.Equal((ExitCode.Malformed, EndorsementCodes.EvidenceUnknown), (refused.ExitCode, refused.Code));
    }

    /// <summary>The identifier in an OCSP request, RFC 6960 §4.1.1.</summary>
    static byte[] CertificateName(byte[] request)
    {
        var reader = new AsnReader(request, AsnEncodingRules.DER).ReadSequence().ReadSequence().ReadSequence().ReadSequence().ReadSequence();
        Assert.Equal("2.16.840.1.101.3.4.2.2", reader.ReadSequence().ReadObjectIdentifier());
        var name = reader.ReadOctetString();
        Assert.Equal(48, reader.ReadOctetString().Length);
        _ = reader.ReadIntegerBytes();
        reader.ThrowIfNotEmpty();
        return name;
    }
}
