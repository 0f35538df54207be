using System.Buffers.Binary;
using System.Security.Cryptography;
using Amnion.Attestation;
using Amnion.Attestation.Nitro;
using Amnion.Enclave.Nsm;
using Amnion.Guard.Packs;
using Amnion.Records;

namespace Amnion.Enclave.Tests;

/// <summary>The path of images: the security module is a device, the listener a vsock descriptor, and nobody names the platform.</summary>
public sealed class DeviceTests
{
    // None that is open: disposing closes it.
    const int Descriptor = 1_000_003;

    static TestModel Model => TestEnclave.Model;

    [Fact]
    public async Task A_module_that_signs_makes_nitro_evidence()
    {
        await using var enclave = new TestEnclave(device: true);
        await enclave.BootAsync(Model.Boot);
        var bundle = await enclave.EvidenceAsync(RandomNumberGenerator.GetBytes(32));
        Assert.Equal(AttestationPlatform.Nitro, bundle.Platform);
        Assert.True(NitroDocument.TryParse(bundle.Evidence.AsSpan(), out _));
    }

    [Fact]
    public async Task A_module_that_signs_nothing_makes_emulated_evidence()
    {
        await using var enclave = new TestEnclave(device: true);
        enclave.Nsm.SignsNothing = true;
        await enclave.BootAsync(Model.Boot);
        var nonce = RandomNumberGenerator.GetBytes(32);
        var bundle = await enclave.EvidenceAsync(nonce);
        Assert.Equal(AttestationPlatform.Qemu, bundle.Platform);
        Assert.True(UnsignedNitroDocument.TryParse(bundle.Evidence.AsSpan(), out var content));
        Assert.Equal(nonce, content.Nonce!.Value.ToArray());
        Assert.Equal(EvidenceBinding.Compute(Purpose.Serve, bundle.Keyset.ComputeDigest(), nonce, bundle.RegisterLog.ComputeHead()), content.UserData!.Value.ToArray());
    }

    [Fact]
    public async Task Serves_a_whole_exchange_over_a_vsock_descriptor()
    {
        await using var enclave = new TestEnclave(device: true);
        enclave.Nsm.SignsNothing = true;
        await enclave.BootAsync(Model.Boot);
        await enclave.ReleaseAsync();
        await enclave.SendFileAsync(TestModel.WeightsName, Model.Sealed);
        await enclave.ConfigureAsync(enclave.Configuration());
        Assert.Equal(EnclaveState.Ready, enclave.Gate.State);
    }

    [Fact]
    public async Task No_document_is_asked_for_before_the_last_lock()
    {
        await using var enclave = new TestEnclave(device: true);
        await enclave.BootAsync(Model.Boot);
        var trace = enclave.Nsm.Trace;
        Assert.True(trace.FindLastIndex(request => request is NsmRequest.LockPcr) < trace.FindIndex(request => request is NsmRequest.Attestation));
    }

    [Fact]
    public async Task An_unsigned_document_is_refused_where_the_module_is_no_device()
    {
        await using var enclave = new TestEnclave();
        enclave.Nsm.SignsNothing = true;
        Assert.Equal(EnclaveCodes.SecurityModule, await TestEnclave.CodeOfAsync(() => enclave.BootAsync(Model.Boot)));
    }

    [Fact]
    public async Task A_module_cannot_turn_into_another_one()
    {
        await using var enclave = new TestEnclave(device: true);
        await enclave.BootAsync(Model.Boot);
        enclave.Nsm.SignsNothing = true;
        Assert.Equal(EnclaveCodes.SecurityModule, await TestEnclave.CodeOfAsync(() => enclave.EvidenceAsync(new byte[32])));
    }

    [Theory]
    [InlineData(0.7)]
    [InlineData(0.9999)]
    [InlineData(1)]
    [InlineData(1.3)]
    public async Task Keysets_are_valid_at_their_documents_time_however_the_monotonic_clock_runs(double speed)
    {
        await using var enclave = new TestEnclave(device: true, moduleSpeed: speed);
        enclave.Nsm.SignsNothing = true;
        await enclave.BootAsync(Model.Boot);
        await enclave.ReleaseAsync();
        for (var i = 0; i < 40; i++)
        {
            enclave.Time.Advance(TimeSpan.FromMinutes(i % 7));
            var bundle = await enclave.EvidenceAsync(RandomNumberGenerator.GetBytes(32));
            Assert.True(UnsignedNitroDocument.TryParse(bundle.Evidence.AsSpan(), out var content));
            Assert.InRange(content.Timestamp.ToUnixTimeMilliseconds(), bundle.Keyset.NotBefore, bundle.Keyset.NotAfter - 1);
        }
    }

    [Fact]
    public async Task An_image_boots_with_its_own_model_only()
    {
        await using (var right = new TestEnclave(image: TestImage.Configuration(Model.Manifest.Digest)))
        {
            await right.BootAsync(Model.Boot);
        }

        await using var wrong = new TestEnclave(image: TestImage.Configuration(Digest.Sha384("another"u8)));
        Assert.Equal(EnclaveCodes.ImageModel, await TestEnclave.CodeOfAsync(() => wrong.BootAsync(Model.Boot)));
        Assert.Equal(EnclaveState.Failed, wrong.Gate.State);
        Assert.Empty(wrong.Nsm.Trace);
    }

    [Fact]
    public async Task An_image_boots_with_its_own_guard_policy_only()
    {
        var image = TestImage.Configuration() with { Guard = GuardPolicy.Standard.Digest };
        await using (var right = new TestEnclave(image: image))
        {
            var log = await right.BootAsync(Model.Boot with { Guard = [.. GuardPolicy.Standard.ToJson()] });
            Assert.Equal(GuardPolicy.Standard.Digest, log.Events.Single(entry => entry.Register == 18).Digest);
        }

        await using var wrong = new TestEnclave(image: image);
        Assert.Equal("AMN-ENC-0019", await TestEnclave.CodeOfAsync(() => wrong.BootAsync(Model.Boot)));
        Assert.Equal(EnclaveState.Failed, wrong.Gate.State);
        Assert.Empty(wrong.Nsm.Trace);
    }

    [Fact]
    public void Reads_an_image_configuration_or_refuses_it()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, TestImage.Configuration(Model.Manifest.Digest).ToJson());
            Assert.Equal(Model.Manifest.Digest, ImageFile.Read(path).Model);
            File.WriteAllBytes(path, TestImage.Configuration(null).ToJson());
            Assert.Null(ImageFile.Read(path).Model);
            foreach (var bytes in (byte[][])[[], [.. "{}"u8], TestImage.Configuration().ToJson()[..^1], new byte[ImageConfiguration.MaxLength + 1], (TestImage.Configuration() with { Egress = Digest.Sha384("more"u8) }).ToJson()])
            {
                File.WriteAllBytes(path, bytes);
                Assert.Throws<InvalidDataException>(() => ImageFile.Read(path));
            }
        }
        finally
        {
            File.Delete(path);
        }

        Assert.Throws<InvalidDataException>(() => ImageFile.Read(path));
    }

    [Fact]
    public unsafe void Speaks_the_devices_protocol()
    {
        var fake = new FakeNsm(TimeProvider.System);
        var calls = 0;
        using var device = new DeviceNsm(-1, (_, _, _) => 0);
        using var nsm = new DeviceNsm(Descriptor, (descriptor, request, message) =>
        {
            calls++;
            Assert.Equal(Descriptor, descriptor);
            Assert.Equal(0xC0200A00u, request);
            Assert.InRange(message->RequestLength, 1u, 0x1000u);
            Assert.Equal(0x3000u, message->ResponseLength);
            var answer = fake.Transact(NsmRequest.Parse(new ReadOnlySpan<byte>((byte*)message->Request, (int)message->RequestLength))).Encode();
            answer.CopyTo(new Span<byte>((byte*)message->Response, (int)message->ResponseLength));
            message->ResponseLength = (ulong)answer.Length;
            return 0;
        });
        Assert.Equal(32, sizeof(DeviceNsm.Message));
        var module = new SecurityModule(nsm, null);
        Assert.False(module.Describe(16).Lock);
        module.Extend(16, "abc"u8);
        module.Lock(16);
        Assert.True(module.Describe(16).Lock);

        // The reference's known answer: SHA-384(0^48 ‖ "abc").
        Assert.Equal("b1c16eb7634112b7c9d5ebd27e62a2d4528bbfcfd68b62d3afd9ecf98e0f413a84314acce78317fb69fd895155343e09", module.Describe(16).Value.ToString());
        Assert.Equal(16, module.Attest([], new byte[16]).Registers.Keys.Max());
        Assert.Equal(6, calls);

        // The module's own limit: nothing longer reaches the device.
        Assert.Equal(NsmErrorCode.InputTooLarge, Assert.IsType<NsmResponse.Error>(nsm.Transact(new NsmRequest.ExtendPcr(17, new byte[0x1000]))).Code);
        Assert.Equal(6, calls);
        Assert.Throws<ObjectDisposedException>(() => device.Transact(new NsmRequest.GetRandom()));
    }

    [Fact]
    public unsafe void Refuses_a_device_that_fails_or_answers_nonsense()
    {
        using var failing = new DeviceNsm(Descriptor, (_, _, _) => -1);
        Assert.Throws<IOException>(() => failing.Transact(new NsmRequest.GetRandom()));
        using var overlong = new DeviceNsm(Descriptor, (_, _, message) =>
        {
            message->ResponseLength = 0x3001;
            return 0;
        });
        Assert.Throws<NsmFormatException>(() => overlong.Transact(new NsmRequest.GetRandom()));
        using var empty = new DeviceNsm(Descriptor, (_, _, message) =>
        {
            message->ResponseLength = 0;
            return 0;
        });
        Assert.Throws<NsmFormatException>(() => empty.Transact(new NsmRequest.GetRandom()));
        using var garbage = new DeviceNsm(Descriptor, (_, _, message) =>
        {
            BinaryPrimitives.WriteUInt32LittleEndian(new Span<byte>((byte*)message->Response, 4), 0xFFFFFFFF);
            message->ResponseLength = 4;
            return 0;
        });
        Assert.Throws<NsmFormatException>(() => garbage.Transact(new NsmRequest.GetRandom()));
        Assert.Equal(EnclaveCodes.SecurityModule, Assert.Throws<EnclaveRefusedException>(() => new SecurityModule(failing, null).Describe(16)).Code);
    }
}
