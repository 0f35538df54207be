using Amnion.Attestation.Nitro;
using Amnion.Records;
using Amnion.Records.Frames;
using Amnion.Sealing;

namespace Amnion.Enclave.Tests;

public sealed class KeyReleaseTests
{
    static TestModel Model => TestEnclave.Model;

    [Fact]
    public async Task Answers_a_challenge_with_evidence_of_a_fresh_release_keyset_over_it()
    {
        await using var enclave = await TestEnclave.BootedAsync();
        var challenge = enclave.Challenge();
        var first = EvidenceBundle.Parse(await enclave.AskAsync(FrameType.KeyChallenge, challenge.ToJson(), FrameType.Evidence));
        var second = EvidenceBundle.Parse(await enclave.AskAsync(FrameType.KeyChallenge, challenge.ToJson(), FrameType.Evidence));
        var document = NitroDocument.Parse(first.Evidence.AsSpan());
        Assert.Equal(Purpose.Release, first.Keyset.Purpose);
        Assert.Equal(challenge.Challenge.AsSpan(), document.Nonce!.Value.Span);
        Assert.Equal(EvidenceBinding.Compute(Purpose.Release, first.Keyset.ComputeDigest(), challenge.Challenge.AsSpan(), first.RegisterLog.ComputeHead()), document.UserData!.Value.ToArray());
        Assert.NotEqual(first.Keyset.Sealing[0].PublicKey, second.Keyset.Sealing[0].PublicKey);
    }

    [Fact]
    public async Task Takes_the_key_that_the_manifest_commits_to()
    {
        await using var enclave = await TestEnclave.BootedAsync();
        await enclave.ReleaseAsync();
        Assert.Equal(EnclaveState.AwaitingWeights, enclave.Gate.State);
        Assert.Equal(EnclaveCodes.KeyNotNeeded, await TestEnclave.CodeOfAsync(() => enclave.ReleaseAsync()));
    }

    [Fact]
    public async Task Refuses_another_key_than_the_one_committed_to()
    {
        await using var enclave = await TestEnclave.BootedAsync();
        using var other = SecretBytes.Random(32);
        Assert.Equal(EnclaveCodes.KeyCommitment, await TestEnclave.CodeOfAsync(() => enclave.ReleaseAsync(dataKey: other)));
        Assert.Equal(EnclaveState.AwaitingKey, enclave.Gate.State);
        await enclave.ReleaseAsync();
    }

    [Fact]
    public async Task Refuses_a_key_wrapped_for_another_challenge_broker_or_manifest()
    {
        await using var enclave = await TestEnclave.BootedAsync();
        Assert.Equal(EnclaveCodes.WrappedKeyOpen, await TestEnclave.CodeOfAsync(() => enclave.ReleaseAsync(challenge => challenge with { Challenge = [.. new byte[32]] })));
        Assert.Equal(EnclaveCodes.WrappedKeyOpen, await TestEnclave.CodeOfAsync(() => enclave.ReleaseAsync(challenge => challenge with { Broker = "other" })));
        Assert.Equal(EnclaveCodes.WrappedKeyOpen, await TestEnclave.CodeOfAsync(() => enclave.ReleaseAsync(manifest: Digest.Sha384("other"u8))));
        Assert.Equal(EnclaveCodes.KeyId, await TestEnclave.CodeOfAsync(() => enclave.ReleaseAsync(challenge => challenge with { KeyId = "key-2" })));
    }

    [Fact]
    public async Task Refuses_every_altered_byte_of_a_wrapped_key()
    {
        await using var enclave = await TestEnclave.BootedAsync();
        for (var at = 0; at < 48; at += 7)
        {
            var place = at;
            Assert.Equal(EnclaveCodes.WrappedKeyOpen, await TestEnclave.CodeOfAsync(() => enclave.ReleaseAsync(change: wrapped => wrapped with { Ciphertext = Flip(wrapped.Ciphertext, place) })));
        }

        Assert.Equal(EnclaveCodes.WrappedKeyOpen, await TestEnclave.CodeOfAsync(() => enclave.ReleaseAsync(change: wrapped => wrapped with { Enc = Flip(wrapped.Enc, 20) })));
        Assert.Equal(EnclaveCodes.WrapSuite, await TestEnclave.CodeOfAsync(() => enclave.ReleaseAsync(change: wrapped => wrapped with { Suite = Suites.P256ChaCha20Poly1305 })));
        Assert.Equal(EnclaveState.AwaitingKey, enclave.Gate.State);
    }

    [Fact]
    public async Task Refuses_a_key_wrapped_to_the_key_of_another_connection()
    {
        await using var enclave = await TestEnclave.BootedAsync();
        var challenge = enclave.Challenge();
        var other = EvidenceBundle.Parse(await enclave.AskAsync(FrameType.KeyChallenge, challenge.ToJson(), FrameType.Evidence));
        await using var frames = await enclave.ConnectAsync();
        await frames.WriteAsync(FrameType.KeyChallenge, challenge.ToJson(), TestEnclave.Cancellation);
        _ = await frames.ExpectAsync(FrameType.Evidence, TestEnclave.Cancellation);
        await frames.WriteAsync(FrameType.WrappedKey, TestEnclave.Wrap(other, challenge, Model.DataKey, Model.Manifest.Digest).ToJson(), TestEnclave.Cancellation);
        Assert.Equal(EnclaveCodes.WrappedKeyOpen, await TestEnclave.CodeOfAsync(async () => await frames.ExpectAsync(FrameType.Done, TestEnclave.Cancellation)));
    }

    [Fact]
    public async Task Refuses_challenges_that_are_malformed_expired_or_for_another_key()
    {
        await using var enclave = await TestEnclave.BootedAsync();
        Assert.Equal(EnclaveCodes.Challenge, await Code("{}"u8.ToArray()));
        Assert.Equal(EnclaveCodes.Challenge, await Code((enclave.Challenge() with { Expires = enclave.Nsm.Now.ToUnixTimeMilliseconds() }).ToJson()));
        Assert.Equal(EnclaveCodes.KeyId, await Code((enclave.Challenge() with { KeyId = "other" }).ToJson()));

        Task<string> Code(byte[] challenge) => TestEnclave.CodeOfAsync(() => enclave.AskAsync(FrameType.KeyChallenge, challenge, FrameType.Evidence));
    }

    [Fact]
    public async Task A_wrapped_key_without_a_challenge_is_no_exchange()
    {
        await using var enclave = await TestEnclave.BootedAsync();
        Assert.Equal(EnclaveCodes.Frame, await TestEnclave.CodeOfAsync(() => enclave.AskAsync(FrameType.WrappedKey, "{}"u8.ToArray(), FrameType.Done)));
    }

    static System.Collections.Immutable.ImmutableArray<byte> Flip(System.Collections.Immutable.ImmutableArray<byte> bytes, int at) => bytes.SetItem(at, (byte)(bytes[at] ^ 1));
}
