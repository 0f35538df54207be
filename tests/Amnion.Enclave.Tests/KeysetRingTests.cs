using System.Security.Cryptography;
using Amnion.Enclave.Keys;
using Amnion.Enclave.Telemetry;
using Amnion.Enclave.Time;
using Amnion.Records;
using Amnion.Sealing;

namespace Amnion.Enclave.Tests;

public sealed class KeysetRingTests
{
    readonly ManualTime _time = new();

    [Fact]
    public void Erases_private_keys_and_replay_memory_together_at_the_end_of_their_life()
    {
        using var ring = Create();
        var id = ring.Current().Sealing[0].Id;
        var (keyset, key) = ring.Hold(id)!.Value;
        keyset.Release();
        var message = Hpke.Seal(HpkeSuite.P256Sha256Aes256Gcm, key.Private.PublicKey, [], [], [1], out var enc);
        Assert.Equal([1], Hpke.Open(HpkeSuite.P256Sha256Aes256Gcm, key.Private, enc, [], [], message));

        _time.Advance(TimeSpan.FromMinutes(10));
        ring.Tick();
        Assert.Null(ring.Hold(id));
        Assert.Throws<ObjectDisposedException>(() => Hpke.Open(HpkeSuite.P256Sha256Aes256Gcm, key.Private, enc, [], [], message));
        Assert.False(keyset.TryHold());
    }

    [Fact]
    public void Keeps_the_receipt_key_for_an_answer_that_was_asked_for_in_time()
    {
        using var ring = Create();
        var (keyset, _) = ring.Hold(ring.Current().Sealing[0].Id)!.Value;
        _time.Advance(TimeSpan.FromMinutes(11));
        ring.Tick();
        var receipt = keyset.Sign(new Receipt
        {
            Id = new string('0', 32),
            Events = [],
            Model = default,
            Keyset = keyset.Digest,
            LogHead = default,
            ConfigurationVersion = 1,
            PromptTokens = 0,
            CompletionTokens = 0,
            Time = 0,
            TimeSource = "evidence",
            Emulated = true,
        });
        Assert.True(receipt.Verify(keyset.Record.ReceiptKey.AsSpan()));
        keyset.Release();
        Assert.Throws<ObjectDisposedException>(() => keyset.Sign(receipt.Receipt));
    }

    [Fact]
    public void Never_gives_two_live_keys_one_identifier()
    {
        using var ring = Create();
        var seen = new HashSet<byte>();
        for (var i = 0; i < 400; i++)
        {
            var ids = ring.Current().Sealing.Select(key => key.Id).ToArray();
            Assert.Equal(ids.Length, ids.Distinct().Count());
            seen.UnionWith(ids);
            _time.Advance(TimeSpan.FromMinutes(5));
        }

        Assert.Equal(256, seen.Count);
    }

    [Fact]
    public void A_full_replay_memory_ends_its_keyset_at_once()
    {
        using var ring = Create(capacity: 2);
        var record = ring.Current();
        var opener = new Endpoint.RequestOpener(ring, Clock());
        Assert.Equal(EnclaveCodes.RequestOpen, Refusal(opener, Junk(record)));
        Assert.Equal(EnclaveCodes.RequestOpen, Refusal(opener, Junk(record)));
        Assert.Equal(EnclaveCodes.ReplayMemoryFull, Refusal(opener, Junk(record)));
        Assert.Equal(EnclaveCodes.KeyUnknown, Refusal(opener, Junk(record)));
        Assert.NotEqual(record.ComputeDigest(), ring.Current().ComputeDigest());
    }

    [Fact]
    public void The_evidence_clock_waits_for_the_module_where_the_monotonic_one_runs_fast()
    {
        var module = 1_000_000L;
        var clock = new EvidenceClock(_time, () => module);
        clock.Anchor(module);
        _time.Advance(TimeSpan.FromSeconds(10));
        module += 9_000;
        Assert.Equal(1_010_000, clock.Now);
        Assert.Equal(1_009_000, clock.Refresh());
        Assert.Equal(1_010_000, clock.Now);
        _time.Advance(TimeSpan.FromMilliseconds(600));
        Assert.Equal(1_010_000, clock.Now);
        _time.Advance(TimeSpan.FromMilliseconds(600));
        Assert.Equal(1_010_200, clock.Now);
    }

    [Fact]
    public void The_evidence_clock_goes_on_where_the_module_refuses()
    {
        var clock = new EvidenceClock(_time, () => throw new EnclaveRefusedException(EnclaveCodes.SecurityModule));
        clock.Anchor(1_000_000);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1_010_000, clock.Refresh());
    }

    [Fact]
    public void The_evidence_clock_never_runs_backwards_and_is_carried_by_the_monotonic_one()
    {
        var clock = new EvidenceClock(_time);
        Assert.Throws<InvalidOperationException>(() => clock.Now);
        clock.Anchor(1_000_000);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1_010_000, clock.Now);
        clock.Anchor(5);
        Assert.Equal(1_010_000, clock.Now);
        clock.Anchor(2_000_000);
        Assert.Equal(2_000_000, clock.Now);
    }

    static string Refusal(Endpoint.RequestOpener opener, byte[] request) => Assert.Throws<EnclaveRefusedException>(() => opener.Open(request)).Code;

    static byte[] Junk(Keyset record)
    {
        using var key = HpkePrivateKey.Generate(HpkeKem.P256);
        return [record.Sealing[0].Id, 0, 0x10, 0, 1, 0, 2, .. key.PublicKey.Bytes, .. RandomNumberGenerator.GetBytes(40)];
    }

    EvidenceClock Clock()
    {
        var clock = new EvidenceClock(_time);
        clock.Anchor(1_000_000);
        return clock;
    }

    KeysetRing Create(int capacity = 16) => new(
        new SuitePolicy([Suites.P256Aes256Gcm, Suites.X25519Aes256Gcm]), Digest.Sha384("m"u8), Digest.Sha384("l"u8), new string('a', 32), Clock(), new TelemetryLog(_time), capacity);
}
