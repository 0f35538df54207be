using System.Text.Json;
using Amnion.Attestation.Nitro;
using Amnion.Records;
using Amnion.Records.Frames;
using Amnion.Sealing;
using Amnion.Testing;

namespace Amnion.Enclave.Tests;

/// <summary>The data key from AWS KMS: the document carries a one-time RSA key, the answer is CMS to it.</summary>
public sealed class RecipientReleaseTests
{
    const string Samples = "vectors/protocols/cms-enveloped-kms";

    static readonly RecipientRequest s_request = new() { KeyId = TestModel.KeyId, Suite = Suites.RecipientRsa2048 };

    static TestModel Model => TestEnclave.Model;

    static byte[] DataKey => Model.DataKey.Reveal(SecretAccess.Wrapping).ToArray();

    [Fact]
    public async Task Answers_with_a_document_whose_public_key_is_fresh_and_which_binds_a_release_keyset()
    {
        await using var enclave = await TestEnclave.BootedAsync();

        var first = EvidenceBundle.Parse(await enclave.AskAsync(FrameType.KeyChallenge, s_request.ToJson(), FrameType.Evidence));
        var second = EvidenceBundle.Parse(await enclave.AskAsync(FrameType.KeyChallenge, s_request.ToJson(), FrameType.Evidence));

        var document = NitroDocument.Parse(first.Evidence.AsSpan());
        Assert.Equal(Purpose.Release, first.Keyset.Purpose);
        Assert.Equal([Suites.RecipientRsa2048], first.Keyset.Sealing[0].Suites);
        Assert.Equal(first.Keyset.Sealing[0].PublicKey.AsSpan(), document.PublicKey!.Value.Span);
        Assert.Equal(EvidenceBinding.Compute(Purpose.Release, first.Keyset.ComputeDigest(), document.Nonce!.Value.Span, first.RegisterLog.ComputeHead()), document.UserData!.Value.ToArray());
        Assert.NotEqual(first.Keyset.Sealing[0].PublicKey, second.Keyset.Sealing[0].PublicKey);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    public async Task Takes_the_committed_key_and_loads_the_model_with_it(int fragment)
    {
        await using var enclave = await TestEnclave.BootedAsync();

        await ReleaseAsync(enclave, publicKey => RecipientCms.Encrypt(publicKey, DataKey, fragment));
        Assert.Equal(EnclaveState.AwaitingWeights, enclave.Gate.State);
        await enclave.SendFileAsync(TestModel.WeightsName, Model.Sealed);

        Assert.Equal(EnclaveState.Ready, enclave.Gate.State);
    }

    [Fact]
    public async Task Takes_a_key_under_4096_bits()
    {
        await using var enclave = await TestEnclave.BootedAsync();

        await ReleaseAsync(enclave, publicKey => RecipientCms.Encrypt(publicKey, DataKey), s_request with { Suite = Suites.RecipientRsa4096 });

        Assert.Equal(EnclaveState.AwaitingWeights, enclave.Gate.State);
    }

    [Fact]
    public async Task Refuses_another_key_than_the_one_committed_to_and_goes_on_waiting()
    {
        await using var enclave = await TestEnclave.BootedAsync();

        Assert.Equal(EnclaveCodes.KeyCommitment, await CodeAsync(enclave, publicKey => RecipientCms.Encrypt(publicKey, new byte[32])));
        Assert.Equal(EnclaveState.AwaitingKey, enclave.Gate.State);
        await ReleaseAsync(enclave, publicKey => RecipientCms.Encrypt(publicKey, DataKey));
    }

    [Fact]
    public async Task Gives_one_answer_for_everything_that_does_not_open()
    {
        await using var enclave = await TestEnclave.BootedAsync();
        var replayed = Array.Empty<byte>();
        Assert.Equal(EnclaveCodes.KeyCommitment, await CodeAsync(enclave, publicKey => replayed = RecipientCms.Encrypt(publicKey, new byte[32])));
        using var other = RecipientKey.Generate(2048);
        Func<byte[], byte[]>[] wrong =
        [
            _ => RecipientCms.Encrypt(other.PublicKey.Span, DataKey), // wrong document
            _ => replayed,
            publicKey => RecipientCms.Encrypt(publicKey, DataKey)[..^1], // cut
            publicKey => [.. RecipientCms.Encrypt(publicKey, DataKey), 0],
            publicKey => RecipientCms.Encrypt(publicKey, DataKey.AsSpan(1)),
            publicKey => RecipientCms.Encrypt(publicKey, [.. DataKey, 0]),
            publicKey => Flip(RecipientCms.Encrypt(publicKey, DataKey), 200), // the encrypted content key
            publicKey => Flip(RecipientCms.Encrypt(publicKey, DataKey), ^10), // the last block
            publicKey => Flip(RecipientCms.Encrypt(publicKey, DataKey), 3), // the structure
            _ => "not CMS"u8.ToArray(),
        ];

        foreach (var envelope in wrong)
        {
            Assert.Equal(EnclaveCodes.WrappedKeyOpen, await CodeAsync(enclave, envelope));
        }

        Assert.Equal(EnclaveState.AwaitingKey, enclave.Gate.State);
    }

    [Fact]
    public async Task A_flipped_bit_that_only_changes_the_key_is_caught_by_the_commitment()
    {
        await using var enclave = await TestEnclave.BootedAsync();

        // CBC: a bit of the vector is a bit of the first block. The vector stands 16 + 2 + 48 + 8 bytes before the end.
        Assert.Equal(EnclaveCodes.KeyCommitment, await CodeAsync(enclave, publicKey => Flip(RecipientCms.Encrypt(publicKey, DataKey), ^(8 + 48 + 2 + 5))));
    }

    [Fact]
    public async Task Refuses_what_AWS_answered_to_somebody_else()
    {
        using var samples = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(SharedData.Folder(Samples), "aws-sdk-c-samples.json")));
        await using var enclave = await TestEnclave.BootedAsync();
        foreach (var name in (string[])["input_ber", "input_ber_w_ctx"])
        {
            var sample = Convert.FromHexString(samples.RootElement.GetProperty(name).GetString()!);
            Assert.Equal(EnclaveCodes.WrappedKeyOpen, await CodeAsync(enclave, _ => sample));
        }
    }

    [Fact]
    public async Task Refuses_requests_and_answers_for_another_key_or_of_another_format()
    {
        await using var enclave = await TestEnclave.BootedAsync();

        Assert.Equal(EnclaveCodes.KeyId, await TestEnclave.CodeOfAsync(() => enclave.AskAsync(FrameType.KeyChallenge, (s_request with { KeyId = "other" }).ToJson(), FrameType.Evidence)));
        Assert.Equal(EnclaveCodes.Challenge, await TestEnclave.CodeOfAsync(() => enclave.AskAsync(FrameType.KeyChallenge, (s_request with { Suite = Suites.P256Aes256Gcm }).ToJson(), FrameType.Evidence)));
        Assert.Equal(EnclaveCodes.KeyId, await CodeAsync(enclave, publicKey => RecipientCms.Encrypt(publicKey, DataKey), keyId: "other"));
        Assert.Equal(EnclaveCodes.WrappedKeyMalformed, await TestEnclave.CodeOfAsync(async () =>
        {
            // A broker's answer where KMS was asked.
            await using var frames = await enclave.ConnectAsync();
            await frames.WriteAsync(FrameType.KeyChallenge, s_request.ToJson(), TestEnclave.Cancellation);
            _ = await frames.ExpectAsync(FrameType.Evidence, TestEnclave.Cancellation);
            await frames.WriteAsync(FrameType.WrappedKey, new WrappedKey { KeyId = TestModel.KeyId, Suite = Suites.P256Aes256Gcm, Enc = [.. new byte[65]], Ciphertext = [.. new byte[48]] }.ToJson(), TestEnclave.Cancellation);
            _ = await frames.ExpectAsync(FrameType.Done, TestEnclave.Cancellation);
        }));
    }

    [Fact]
    public async Task A_document_that_lacks_the_public_key_is_not_handed_out()
    {
        await using var enclave = await TestEnclave.BootedAsync();
        enclave.Nsm.Interfere = request => request is NsmRequest.Attestation { PublicKey: not null } attestation
            ? enclave.Nsm.Transact(attestation with { PublicKey = null })
            : null;

        Assert.Equal(EnclaveCodes.SecurityModule, await TestEnclave.CodeOfAsync(() => enclave.AskAsync(FrameType.KeyChallenge, s_request.ToJson(), FrameType.Evidence)));
    }

    static async Task ReleaseAsync(TestEnclave enclave, Func<byte[], byte[]> encrypt, RecipientRequest? request = null, string keyId = TestModel.KeyId)
    {
        await using var frames = await enclave.ConnectAsync();
        await frames.WriteAsync(FrameType.KeyChallenge, (request ?? s_request).ToJson(), TestEnclave.Cancellation);
        var bundle = EvidenceBundle.Parse((await frames.ExpectAsync(FrameType.Evidence, TestEnclave.Cancellation)).Span);
        var publicKey = NitroDocument.Parse(bundle.Evidence.AsSpan()).PublicKey!.Value.ToArray();
        await frames.WriteAsync(FrameType.WrappedKey, new EnvelopedKey { KeyId = keyId, Envelope = [.. encrypt(publicKey)] }.ToJson(), TestEnclave.Cancellation);
        _ = await frames.ExpectAsync(FrameType.Done, TestEnclave.Cancellation);
    }

    static Task<string> CodeAsync(TestEnclave enclave, Func<byte[], byte[]> encrypt, string keyId = TestModel.KeyId) =>
        TestEnclave.CodeOfAsync(() => ReleaseAsync(enclave, encrypt, keyId: keyId));

    static byte[] Flip(byte[] bytes, Index at)
    {
        bytes[at] ^= 1;
        return bytes;
    }
}
