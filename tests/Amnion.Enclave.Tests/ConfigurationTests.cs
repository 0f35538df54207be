using System.Security.Cryptography;
using Amnion.Records.Frames;

namespace Amnion.Enclave.Tests;

public sealed class ConfigurationTests
{
    [Fact]
    public async Task Admits_nobody_before_a_configuration_and_after_it_expired()
    {
        await using var enclave = await TestEnclave.KeyedAsync();
        await enclave.SendFileAsync(TestModel.WeightsName, TestEnclave.Model.Sealed);
        Assert.Equal((503, "configuration_missing"), await Ask(enclave));
        await enclave.ConfigureAsync(enclave.Configuration());
        Assert.Equal(200, (await (await SealedCaller.CreateAsync(enclave)).SendAsync(SealedCaller.Get("/v1/models"))).Status);
        enclave.Time.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal((503, "configuration_missing"), await Ask(enclave));
    }

    [Fact]
    public async Task Refuses_another_signer()
    {
        await using var enclave = await TestEnclave.BootedAsync();
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Equal(EnclaveCodes.ConfigurationSigner, await Code(enclave, enclave.Configuration().Sign(stranger)));
        var envelope = System.Text.Encoding.UTF8.GetString(enclave.Configuration().Sign(TestEnclave.Model.ConfigurationSigner));
        var other = System.Text.Encoding.UTF8.GetString(enclave.Configuration(version: 6).Sign(TestEnclave.Model.ConfigurationSigner));
        var mixed = envelope.Replace(Member(envelope, "signature"), Member(other, "signature"), StringComparison.Ordinal);
        Assert.Equal(EnclaveCodes.ConfigurationSigner, await Code(enclave, System.Text.Encoding.UTF8.GetBytes(mixed)));
        Assert.Equal(EnclaveCodes.ConfigurationMalformed, await Code(enclave, "{}"u8.ToArray()));
    }

    [Fact]
    public async Task Refuses_expired_and_future_releases_by_evidence_time()
    {
        await using var enclave = await TestEnclave.BootedAsync();
        var release = enclave.Configuration();
        var future = release with { Issued = release.Issued + 120_000 };
        Assert.Equal(EnclaveCodes.ConfigurationExpired, await Code(enclave, future.Sign(TestEnclave.Model.ConfigurationSigner)));
        enclave.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(EnclaveCodes.ConfigurationExpired, await Code(enclave, release.Sign(TestEnclave.Model.ConfigurationSigner)));
    }

    [Fact]
    public async Task Refuses_older_releases_even_after_the_newer_one_expired()
    {
        await using var enclave = await TestEnclave.BootedAsync();
        await enclave.ConfigureAsync(enclave.Configuration(version: 5));
        await enclave.ConfigureAsync(enclave.Configuration(version: 5));
        Assert.Equal(EnclaveCodes.ConfigurationOlder, await Code(enclave, enclave.Configuration(version: 4).Sign(TestEnclave.Model.ConfigurationSigner)));
        Assert.Equal(EnclaveCodes.ConfigurationOlder, await Code(enclave, enclave.Configuration(version: 5, requests: 9).Sign(TestEnclave.Model.ConfigurationSigner)));
        enclave.Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(EnclaveCodes.ConfigurationOlder, await Code(enclave, enclave.Configuration(version: 4).Sign(TestEnclave.Model.ConfigurationSigner)));
        await enclave.ConfigureAsync(enclave.Configuration(version: 6));
    }

    static async Task<(int, string)> Ask(TestEnclave enclave)
    {
        var reply = await (await SealedCaller.CreateAsync(enclave)).SendAsync(SealedCaller.Get("/v1/models"));
        return (reply.Status, reply.ErrorCode);
    }

    static Task<string> Code(TestEnclave enclave, byte[] envelope) => TestEnclave.CodeOfAsync(() => enclave.AskAsync(FrameType.Configuration, envelope, FrameType.Done));

    static string Member(string json, string name)
    {
        using var document = System.Text.Json.JsonDocument.Parse(json);
        return document.RootElement.GetProperty(name).GetString()!;
    }
}
