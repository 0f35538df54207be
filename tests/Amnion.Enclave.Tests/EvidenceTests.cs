using System.Security.Cryptography;
using Amnion.Attestation.Nitro;
using Amnion.Records;
using Amnion.Records.Frames;

namespace Amnion.Enclave.Tests;

public sealed class EvidenceTests
{
    [Fact]
    public async Task Binds_keyset_purpose_nonce_and_log_under_the_modules_signature()
    {
        await using var enclave = await TestEnclave.BootedAsync();
        var nonce = RandomNumberGenerator.GetBytes(48);
        var bundle = await enclave.EvidenceAsync(nonce);
        var document = NitroDocument.Parse(bundle.Evidence.AsSpan());

        Assert.DoesNotContain(NitroVerifier.Verify(document, new NitroVerification { Anchor = FakeNsm.Anchor, At = enclave.Nsm.Now }), check => check.Rejects);
        Assert.Equal(nonce, document.Nonce!.Value.ToArray());
        Assert.Equal(EvidenceBinding.Compute(Purpose.Serve, bundle.Keyset.ComputeDigest(), nonce, bundle.RegisterLog.ComputeHead()), document.UserData!.Value.ToArray());
        Assert.Equal("local", bundle.Platform);
        Assert.Equal(Purpose.Serve, bundle.Keyset.Purpose);
        Assert.Equal(TestEnclave.Model.Manifest.Digest, bundle.Keyset.Model);
        Assert.Equal(bundle.RegisterLog.ComputeHead(), bundle.Keyset.LogHead);
        Assert.All(bundle.RegisterLog.Events, entry => Assert.Equal(entry.Digest, Digest.Sha384(bundle.Preimages[entry.Name].AsSpan())));
        Assert.All(bundle.RegisterLog.Replay(), pair => Assert.Equal(pair.Value.AsSpan(), document.Pcrs[pair.Key].Bytes.Span));
    }

    [Fact]
    public async Task Asks_the_module_anew_for_every_nonce()
    {
        await using var enclave = await TestEnclave.BootedAsync();
        var before = enclave.Nsm.Trace.OfType<NsmRequest.Attestation>().Count();
        var first = await enclave.EvidenceAsync(new byte[16]);
        var second = await enclave.EvidenceAsync(new byte[16]);
        Assert.Equal(before + 2, enclave.Nsm.Trace.OfType<NsmRequest.Attestation>().Count());
        Assert.Equal(first.Keyset.ComputeDigest(), second.Keyset.ComputeDigest());
    }

    [Theory]
    [InlineData(0, 15)]
    [InlineData(1, 32)]
    [InlineData(255, 32)]
    public async Task Refuses_other_purposes_and_short_nonces(byte purpose, int length)
    {
        await using var enclave = await TestEnclave.BootedAsync();
        Assert.Equal(EnclaveCodes.EvidenceRequest, await TestEnclave.CodeOfAsync(() => enclave.AskAsync(FrameType.EvidenceRequest, [purpose, .. new byte[length]], FrameType.Evidence)));
        Assert.Equal(EnclaveCodes.EvidenceRequest, await TestEnclave.CodeOfAsync(() => enclave.AskAsync(FrameType.EvidenceRequest, [], FrameType.Evidence)));
    }

    [Fact]
    public async Task Hands_out_a_new_keyset_after_half_its_life_and_ends_the_old_one_on_time()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var caller = await SealedCaller.CreateAsync(enclave);
        Assert.Equal(Keyset.MaxLifetimeMs, caller.Bundle.Keyset.NotAfter - caller.Bundle.Keyset.NotBefore);

        enclave.Time.Advance(TimeSpan.FromMinutes(5));
        var later = await SealedCaller.CreateAsync(enclave);
        Assert.NotEqual(caller.Bundle.Keyset.ComputeDigest(), later.Bundle.Keyset.ComputeDigest());
        Assert.Equal(caller.Bundle.Keyset.Enclave, later.Bundle.Keyset.Enclave);
        Assert.Equal(200, (await caller.SendAsync(SealedCaller.Get("/v1/models"))).Status);

        enclave.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(EnclaveCodes.KeyUnknown, await TestEnclave.CodeOfAsync(() => caller.SendAsync(SealedCaller.Get("/v1/models"))));
        Assert.Equal(200, (await later.SendAsync(SealedCaller.Get("/v1/models"))).Status);
    }

    [Fact]
    public async Task Offers_the_suites_of_the_policy_with_one_key_for_each_kem()
    {
        await using var enclave = await TestEnclave.BootedAsync();
        var keyset = (await enclave.EvidenceAsync(new byte[32])).Keyset;
        Assert.Equal([Suites.P256Aes256Gcm], keyset.Sealing[0].Suites);
        Assert.Equal([Suites.X25519ChaCha20Poly1305], keyset.Sealing[1].Suites);
        Assert.NotEqual(keyset.Sealing[0].Id, keyset.Sealing[1].Id);
    }
}
