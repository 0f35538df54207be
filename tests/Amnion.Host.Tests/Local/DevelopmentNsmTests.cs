using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using Amnion.Attestation;
using Amnion.Attestation.Nitro;
using Amnion.Host.Local;

namespace Amnion.Host.Tests.Local;

public sealed class DevelopmentNsmTests : IAsyncDisposable
{
    readonly TemporaryDirectory _directory = new();
    readonly ManualTime _time = new();
    readonly DevelopmentAuthority _authority;
    readonly DevelopmentNsm _nsm;
    readonly Socket _theirs;
    readonly Socket _ours;
    readonly Task _served;

    public DevelopmentNsmTests()
    {
        _authority = DevelopmentAuthority.Open(_directory.Combine("dev-root"), _time);
        var launch = new Dictionary<int, Measurement> { [0] = new(Enumerable.Repeat((byte)1, 48).ToArray()), [4] = new(Enumerable.Repeat((byte)4, 48).ToArray()) };
        _nsm = new DevelopmentNsm(_authority, "local-test", new PcrBank(launch), _time);
        (_ours, var theirs) = Sandbox.SocketPair();
        _theirs = new Socket(theirs);
        _served = NsmSocket.ServeAsync(_nsm, _ours);
    }

    public async ValueTask DisposeAsync()
    {
        _theirs.Dispose();
        await _served;
        _ours.Dispose();
        _nsm.Dispose();
        _authority.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Launch_registers_are_locked_and_the_rest_extends_locks_and_stays_locked()
    {
        var description = Assert.IsType<NsmResponse.DescribeNsm>(await AskAsync(new NsmRequest.DescribeNsm()));
        Assert.Equal(Enumerable.Range(0, 16), description.LockedPcrs);
        Assert.Equal(("local-test", "SHA384", (ushort)32), (description.ModuleId, description.Digest, description.MaxPcrs));

        Assert.Equal(NsmErrorCode.ReadOnlyIndex, Code(await AskAsync(new NsmRequest.ExtendPcr(0, new byte[1]))));
        Assert.Equal(NsmErrorCode.InvalidIndex, Code(await AskAsync(new NsmRequest.ExtendPcr(32, new byte[1]))));
        Assert.Equal(NsmErrorCode.InvalidIndex, Code(await AskAsync(new NsmRequest.LockPcrs(33))));

        var extended = Assert.IsType<NsmResponse.ExtendPcr>(await AskAsync(new NsmRequest.ExtendPcr(16, "abc"u8.ToArray())));
        Assert.Equal("b1c16eb7634112b7c9d5ebd27e62a2d4528bbfcfd68b62d3afd9ecf98e0f413a84314acce78317fb69fd895155343e09", extended.Value.ToString());
        Assert.Equal(new NsmResponse.DescribePcr(false, extended.Value), await AskAsync(new NsmRequest.DescribePcr(16)));
        Assert.IsType<NsmResponse.LockPcr>(await AskAsync(new NsmRequest.LockPcr(16)));
        Assert.Equal(new NsmResponse.DescribePcr(true, extended.Value), await AskAsync(new NsmRequest.DescribePcr(16)));
        Assert.Equal(NsmErrorCode.ReadOnlyIndex, Code(await AskAsync(new NsmRequest.ExtendPcr(16, new byte[1]))));
    }

    [Fact]
    public async Task A_document_lists_locked_registers_only_and_verifies_under_the_development_anchor()
    {
        _ = await AskAsync(new NsmRequest.ExtendPcr(16, "manifest"u8.ToArray()));
        _ = await AskAsync(new NsmRequest.ExtendPcr(17, "unlocked"u8.ToArray()));
        _ = await AskAsync(new NsmRequest.LockPcr(16));
        byte[] userData = [.. Enumerable.Range(0, 64).Select(i => (byte)i)];
        byte[] nonce = [.. Enumerable.Range(0, 32).Select(i => (byte)(255 - i))];

        var answer = Assert.IsType<NsmResponse.Attestation>(await AskAsync(new NsmRequest.Attestation(userData, nonce, null)));
        var document = NitroDocument.Parse(answer.Document.Span);

        Assert.Equal(Enumerable.Range(0, 17), document.Pcrs.Keys);
        Assert.Equal(userData, document.UserData!.Value.ToArray());
        Assert.Equal(nonce, document.Nonce!.Value.ToArray());
        Assert.Null(document.PublicKey);
        Assert.Equal(_time.GetUtcNow(), document.Timestamp);
        var checks = NitroVerifier.Verify(document, new NitroVerification { Anchor = new TrustAnchor { KeyDigest = Measurement.Parse(_authority.AnchorDigest) }, At = _time.GetUtcNow() });
        Assert.All(checks, check => Assert.False(check.Rejects, $"{check.Code} {check.Name}: {check.Actual}"));
    }

    [Fact]
    public async Task A_document_is_refused_under_another_anchor_and_under_the_root_of_aws()
    {
        var answer = Assert.IsType<NsmResponse.Attestation>(await AskAsync(new NsmRequest.Attestation(null, null, null)));
        var document = NitroDocument.Parse(answer.Document.Span);
        using var other = DevelopmentAuthority.Open(_directory.Combine("other"), _time);

        foreach (var anchor in new[] { NitroRoots.AwsRootG1, new TrustAnchor { KeyDigest = Measurement.Parse(other.AnchorDigest) } })
        {
            var rejecting = NitroVerifier.Verify(document, new NitroVerification { Anchor = anchor, At = _time.GetUtcNow() }).Where(check => check.Rejects).Select(check => check.Code);
            Assert.Equal([NitroCodes.TrustAnchor], rejecting);
        }
    }

    [Fact]
    public async Task A_leaf_is_renewed_before_it_expires_and_never_reaches_beyond_its_life()
    {
        var first = await LeafAsync();
        _time.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(first, await LeafAsync());
        _time.Advance(TimeSpan.FromMinutes(100));
        Assert.NotEqual(first, await LeafAsync());
    }

    [Fact]
    public async Task Members_outside_their_limits_are_refused_by_the_module()
    {
        Assert.Equal(NsmErrorCode.InvalidArgument, Code(await AskAsync(new NsmRequest.Attestation(new byte[513], null, null))));
        Assert.Equal(NsmErrorCode.InvalidArgument, Code(await AskAsync(new NsmRequest.Attestation(null, new byte[513], null))));
        Assert.Equal(NsmErrorCode.InvalidArgument, Code(await AskAsync(new NsmRequest.Attestation(null, null, new byte[1025]))));
        Assert.IsType<NsmResponse.Attestation>(await AskAsync(new NsmRequest.Attestation(new byte[512], new byte[512], new byte[1024])));
    }

    [Fact]
    public async Task Malformed_requests_are_refused_and_the_module_goes_on()
    {
        Assert.Equal(NsmErrorCode.InvalidArgument, Code(await AskAsync([])));
        Assert.Equal(NsmErrorCode.InvalidArgument, Code(await AskAsync("\u00a1gExtendPCR"u8.ToArray())));
        Assert.Equal(NsmErrorCode.InvalidArgument, Code(await AskAsync([0xff, 0xff, 0xff])));
        Assert.Equal(256, Assert.IsType<NsmResponse.GetRandom>(await AskAsync(new NsmRequest.GetRandom())).Random.Length);
    }

    [Fact]
    public async Task An_oversized_request_is_answered_and_ends_the_connection()
    {
        var header = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(header, NsmRequest.MaxLength + 1);
        await _theirs.SendAsync(header);

        Assert.Equal(NsmErrorCode.InputTooLarge, Code(await ReadAsync()));
        await _served;
    }

    [Fact]
    public async Task The_trace_names_requests_in_order_without_content_and_is_bounded()
    {
        _ = await AskAsync(new NsmRequest.DescribePcr(16));
        _ = await AskAsync(new NsmRequest.ExtendPcr(16, "secret"u8.ToArray()));
        _ = await AskAsync(new NsmRequest.LockPcr(16));
        _ = await AskAsync(new NsmRequest.LockPcr(16));
        _ = await AskAsync(new NsmRequest.Attestation(null, null, null));

        Assert.Equal(
            [new("DescribePCR", 16, false), new("ExtendPCR", 16, false), new("LockPCR", 16, false), new("LockPCR", 16, true), new("Attestation", null, false)],
            _nsm.Trace);
        for (var i = 0; i < DevelopmentNsm.MaxTrace; i++)
        {
            _nsm.Transact(new NsmRequest.DescribePcr(0));
        }

        Assert.Equal(DevelopmentNsm.MaxTrace, _nsm.Trace.Length);
    }

    [Fact]
    public async Task No_bytes_on_the_socket_end_the_service_but_the_end_of_the_stream()
    {
        var iterations = int.Parse(Environment.GetEnvironmentVariable("AMNION_FUZZ_ITERATIONS") ?? "300", CultureInfo.InvariantCulture);
        var random = new Random(11);
        NsmRequest[] seeds = [new NsmRequest.ExtendPcr(20, new byte[48]), new NsmRequest.Attestation(new byte[64], new byte[32], null), new NsmRequest.LockPcrs(24), new NsmRequest.DescribeNsm()];
        for (var i = 0; i < iterations; i++)
        {
            var message = seeds[random.Next(seeds.Length)].Encode();
            message[random.Next(message.Length)] = (byte)random.Next(256);
            _ = await AskAsync(message);
        }

        Assert.False(_served.IsCompleted);
    }

    async Task<string> LeafAsync()
    {
        var answer = Assert.IsType<NsmResponse.Attestation>(await AskAsync(new NsmRequest.Attestation(null, null, null)));
        return Convert.ToHexStringLower(NitroDocument.Parse(answer.Document.Span).Certificate.Span);
    }

    static NsmErrorCode Code(NsmResponse response) => Assert.IsType<NsmResponse.Error>(response).Code;

    Task<NsmResponse> AskAsync(NsmRequest request) => AskAsync(request.Encode());

    async Task<NsmResponse> AskAsync(byte[] message)
    {
        var framed = new byte[4 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed, message.Length);
        message.CopyTo(framed, 4);
        await _theirs.SendAsync(framed);
        return await ReadAsync();
    }

    async Task<NsmResponse> ReadAsync()
    {
        await using var stream = new NetworkStream(_theirs);
        var header = new byte[4];
        await stream.ReadExactlyAsync(header);
        var answer = new byte[BinaryPrimitives.ReadInt32BigEndian(header)];
        await stream.ReadExactlyAsync(answer);
        return NsmResponse.Parse(answer);
    }
}
