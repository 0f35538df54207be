using System.Security.Cryptography;
using Amnion.Attestation;
using Amnion.Attestation.Nitro;
using Amnion.Guard.Packs;
using Amnion.Models.Manifest;
using Amnion.Records;
using Amnion.Records.Frames;

namespace Amnion.Enclave.Tests;

public sealed class BootTests
{
    static TestModel Model => TestEnclave.Model;

    [Fact]
    public async Task Measures_and_locks_every_register_before_the_first_document_and_the_first_key()
    {
        await using var enclave = await TestEnclave.BootedAsync();
        var trace = enclave.Nsm.Trace;
        var lastLock = trace.FindLastIndex(request => request is NsmRequest.LockPcr);
        var firstDocument = trace.FindIndex(request => request is NsmRequest.Attestation);
        var lastExtend = trace.FindLastIndex(request => request is NsmRequest.ExtendPcr);

        Assert.True(lastExtend < lastLock && lastLock < firstDocument);
        Assert.All(trace.Take(lastExtend), request => Assert.IsNotType<NsmRequest.LockPcr>(request));
        Assert.Equal([16, 17, 18, 19, 20, 21, 22, 23], trace.OfType<NsmRequest.LockPcr>().Select(request => (int)request.Index));

        // Every register is described before it is touched, read back before its lock, and described again after it.
        for (ushort register = 16; register <= 23; register++)
        {
            var described = trace.Select((request, at) => (request, at)).Where(pair => pair.request == new NsmRequest.DescribePcr(register)).Select(pair => pair.at).ToList();
            var locked = trace.IndexOf(new NsmRequest.LockPcr(register));
            Assert.Equal(3, described.Count);
            Assert.True(described[1] < locked && locked < described[2] && described[2] < firstDocument);
        }
    }

    [Fact]
    public async Task Extends_the_digests_of_the_preimages_in_the_order_of_the_plan()
    {
        await using var enclave = new TestEnclave();
        var log = await enclave.BootAsync(Model.Boot);
        Assert.Equal(
            [(16, RegisterLog.ModelManifest), (17, RegisterLog.EngineConfiguration), (18, RegisterLog.GuardPolicy), (21, RegisterLog.SuitePolicy), (22, RegisterLog.ReleaseVersion), (23, RegisterLog.EgressSchema)],
            log.Events.Select(entry => (entry.Register, entry.Name)));
        Assert.Equal(Model.Manifest.Digest, log.Events[0].Digest);
        Assert.Equal(Digest.Sha384(EgressSchema.ToJson()), log.Events[5].Digest);
        foreach (var (register, value) in log.Replay())
        {
            Assert.True(enclave.Nsm.Registers.IsLocked(register));
            Assert.Equal(value.AsSpan(), enclave.Nsm.Registers[register].Bytes.Span);
        }

        Assert.Equal(EnclaveState.AwaitingKey, enclave.Gate.State);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(19)]
    [InlineData(23)]
    public async Task Refuses_a_register_that_was_extended_before(ushort register)
    {
        await using var enclave = new TestEnclave();
        enclave.Nsm.Registers.Extend(register, "earlier"u8);
        Assert.Equal(EnclaveCodes.RegisterNotFresh, await TestEnclave.CodeOfAsync(() => enclave.BootAsync(Model.Boot)));
        AssertDead(enclave);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(20)]
    public async Task Refuses_a_register_that_was_locked_before(ushort register)
    {
        await using var enclave = new TestEnclave();
        enclave.Nsm.Registers.Lock(register);
        Assert.Equal(EnclaveCodes.RegisterNotFresh, await TestEnclave.CodeOfAsync(() => enclave.BootAsync(Model.Boot)));
        AssertDead(enclave);
    }

    [Fact]
    public async Task Refuses_a_module_that_extends_to_another_value()
    {
        await using var enclave = new TestEnclave();
        enclave.Nsm.Interfere = request => request is NsmRequest.ExtendPcr { Index: 22 } ? new NsmResponse.ExtendPcr(new Measurement(new byte[48])) : null;
        Assert.Equal(EnclaveCodes.RegisterValue, await TestEnclave.CodeOfAsync(() => enclave.BootAsync(Model.Boot)));
        AssertDead(enclave);
    }

    [Fact]
    public async Task Refuses_a_module_that_forgets_an_extension()
    {
        await using var enclave = new TestEnclave();
        var extended = false;
        enclave.Nsm.Interfere = request =>
        {
            extended |= request is NsmRequest.ExtendPcr { Index: 17 };
            return extended && request is NsmRequest.DescribePcr { Index: 17 } ? new NsmResponse.DescribePcr(false, Measurement.Zero(48)) : null;
        };
        Assert.Equal(EnclaveCodes.RegisterValue, await TestEnclave.CodeOfAsync(() => enclave.BootAsync(Model.Boot)));
        AssertDead(enclave);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(18)]
    public async Task Refuses_a_module_that_does_not_lock(ushort register)
    {
        await using var enclave = new TestEnclave();
        enclave.Nsm.Interfere = request => request is NsmRequest.LockPcr locking && locking.Index == register ? new NsmResponse.LockPcr() : null;
        Assert.Equal(EnclaveCodes.RegisterNotLocked, await TestEnclave.CodeOfAsync(() => enclave.BootAsync(Model.Boot)));
        AssertDead(enclave);
    }

    [Fact]
    public async Task Refuses_a_module_whose_document_lists_other_values()
    {
        await using var enclave = new TestEnclave();
        var other = new FakeNsm(enclave.Time);
        other.Registers.LockRange(24);
        enclave.Nsm.Interfere = request => request is NsmRequest.Attestation ? other.Transact(request) : null;
        Assert.Equal(EnclaveCodes.RegisterNotLocked, await TestEnclave.CodeOfAsync(() => enclave.BootAsync(Model.Boot)));
        Assert.Equal(EnclaveState.Failed, enclave.Gate.State);
    }

    [Fact]
    public async Task Refuses_a_module_that_answers_an_error()
    {
        await using var enclave = new TestEnclave();
        enclave.Nsm.Interfere = request => request is NsmRequest.ExtendPcr ? new NsmResponse.Error(NsmErrorCode.InternalError) : null;
        Assert.Equal(EnclaveCodes.SecurityModule, await TestEnclave.CodeOfAsync(() => enclave.BootAsync(Model.Boot)));
        AssertDead(enclave);
    }

    [Fact]
    public async Task Refuses_another_model_signer_than_the_measured_one()
    {
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await RefusesAsync(EnclaveCodes.ModelSigner, Model.Boot with { ModelSigner = [.. stranger.ExportSubjectPublicKeyInfo()], Signature = [.. ModelSignature.Sign(Model.Manifest, stranger)] });
    }

    [Fact]
    public async Task Refuses_a_signature_of_another_key()
    {
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await RefusesAsync(EnclaveCodes.ManifestSignature, Model.Boot with { Signature = [.. ModelSignature.Sign(Model.Manifest, stranger)] });
    }

    [Fact]
    public async Task Refuses_a_signature_over_another_manifest()
    {
        var other = new ModelManifest(Model.Manifest.Content with { Name = "other" });
        await RefusesAsync(EnclaveCodes.ManifestSignature, Model.Boot with { Signature = [.. ModelSignature.Sign(other, Model.Signer)] });
    }

    [Fact]
    public async Task Refuses_every_flipped_bit_of_the_signature_value()
    {
        var text = System.Text.Encoding.UTF8.GetString(Model.Signature);
        var start = text.IndexOf("\"sig\":\"", StringComparison.Ordinal) + 7;
        for (var at = start; at < start + 80; at += 9)
        {
            var changed = Model.Signature.ToArray();
            changed[at] = changed[at] == (byte)'A' ? (byte)'B' : (byte)'A';
            await RefusesAsync(EnclaveCodes.ManifestSignature, Model.Boot with { Signature = [.. changed] });
        }
    }

    [Fact]
    public async Task Refuses_an_altered_manifest()
    {
        var changed = Model.Manifest.Bytes.ToArray();
        changed[changed.AsSpan().IndexOf("clinic"u8)] ^= 1;
        await RefusesAsync(EnclaveCodes.ManifestSignature, Model.Boot with { Manifest = [.. changed] });
        await RefusesAsync(EnclaveCodes.Manifest, Model.Boot with { Manifest = [.. "{}"u8] });
    }

    [Fact]
    public async Task Refuses_records_that_are_not_canonical()
    {
        byte[] spaced = [.. Model.Engine.ToJson()[..^1], (byte)' ', (byte)'}'];
        await RefusesAsync(EnclaveCodes.BootMalformed, Model.Boot with { Engine = [.. spaced] });
        byte[] spacedGuard = [.. GuardPolicy.Standard.ToJson()[..^1], (byte)' ', (byte)'}'];
        await RefusesAsync(EnclaveCodes.BootMalformed, Model.Boot with { Guard = [.. spacedGuard] });
        await RefusesAsync(EnclaveCodes.BootMalformed, Model.Boot with { Guard = [.. "{}"u8] });
    }

    [Fact]
    public async Task The_release_is_the_programs_own_and_not_the_hosts_to_name()
    {
        await using var enclave = new TestEnclave();
        var bundle = await BundleAsync(enclave);
        Assert.Equal(ReleaseVersion.Current.ToJson(), bundle.Preimages[RegisterLog.ReleaseVersion].AsSpan());

        await using var other = new TestEnclave();
        var named = System.Text.Json.Nodes.JsonNode.Parse(Model.Boot.ToJson())!.AsObject();
        named["release"] = System.Buffers.Text.Base64Url.EncodeToString(new ReleaseVersion("source", 1L << 50).ToJson());
        var request = CanonicalJson.Write(json => named.WriteTo(json));
        Assert.Equal(EnclaveCodes.BootMalformed, await TestEnclave.CodeOfAsync(() => other.AskAsync(FrameType.Boot, request, FrameType.Booted)));
    }

    static async Task<EvidenceBundle> BundleAsync(TestEnclave enclave)
    {
        _ = await enclave.BootAsync(Model.Boot);
        return await enclave.EvidenceAsync(new byte[32]);
    }

    [Fact]
    public async Task Refuses_a_second_boot_and_keeps_serving()
    {
        await using var enclave = await TestEnclave.BootedAsync();
        Assert.Equal(EnclaveCodes.AlreadyBooted, await TestEnclave.CodeOfAsync(() => enclave.BootAsync(Model.Boot)));
        Assert.Equal(EnclaveState.AwaitingKey, enclave.Gate.State);
        _ = await enclave.EvidenceAsync(new byte[32]);
    }

    [Fact]
    public async Task Answers_only_telemetry_after_a_failed_boot()
    {
        await using var enclave = new TestEnclave();
        enclave.Nsm.Registers.Lock(16);
        Assert.Equal(EnclaveCodes.RegisterNotFresh, await TestEnclave.CodeOfAsync(() => enclave.BootAsync(Model.Boot)));
        Assert.Equal(EnclaveCodes.BootFailed, await TestEnclave.CodeOfAsync(() => enclave.BootAsync(Model.Boot)));
        Assert.Equal(EnclaveCodes.BootFailed, await TestEnclave.CodeOfAsync(() => enclave.EvidenceAsync(new byte[32])));
        Assert.Equal(EnclaveCodes.BootFailed, await TestEnclave.CodeOfAsync(() => enclave.ReleaseAsync()));
        Assert.Equal(EnclaveCodes.BootFailed, await TestEnclave.CodeOfAsync(() => enclave.SendFileAsync(TestModel.WeightsName, Model.Sealed)));
        Assert.Equal(EnclaveCodes.BootFailed, await TestEnclave.CodeOfAsync(() => enclave.ConfigureAsync(enclave.Configuration())));
        Assert.Equal(EnclaveCodes.BootFailed, await TestEnclave.CodeOfAsync(() => enclave.AskAsync(FrameType.RequestData, [1], FrameType.ResponseData)));
        using var telemetry = System.Text.Json.JsonDocument.Parse(await enclave.AskAsync(FrameType.TelemetryRequest, [], FrameType.Telemetry));
        Assert.Equal((int)EnclaveState.Failed, telemetry.RootElement.GetProperty("state").GetInt32());
    }

    [Fact]
    public async Task Refuses_everything_but_telemetry_before_the_boot()
    {
        await using var enclave = new TestEnclave();
        Assert.Equal(EnclaveCodes.NotBooted, await TestEnclave.CodeOfAsync(() => enclave.EvidenceAsync(new byte[32])));
        Assert.Equal(EnclaveCodes.NotBooted, await TestEnclave.CodeOfAsync(() => enclave.ReleaseAsync()));
        Assert.Empty(enclave.Nsm.Trace);
    }

    static async Task RefusesAsync(string code, BootRequest request)
    {
        await using var enclave = new TestEnclave();
        Assert.Equal(code, await TestEnclave.CodeOfAsync(() => enclave.BootAsync(request)));
        Assert.DoesNotContain(enclave.Nsm.Trace, asked => asked is NsmRequest.ExtendPcr);
        AssertDead(enclave);
    }

    static void AssertDead(TestEnclave enclave)
    {
        Assert.Equal(EnclaveState.Failed, enclave.Gate.State);
        Assert.DoesNotContain(enclave.Nsm.Trace, request => request is NsmRequest.Attestation);
    }
}
