using Amnion.Cli.Deployment;
using Amnion.Cli.State;
using Amnion.KeyBroker;

namespace Amnion.Cli.Tests;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class TenantsTests : IDisposable
{
    readonly string _folder = Path.Combine(Path.GetTempPath(), "amnion-home-" + Guid.NewGuid());
    readonly AmnionHome _home;
    readonly KeyStore _store;

    public TenantsTests()
    {
        _home = new AmnionHome(_folder);
        _store = KeyStore.Open(_home.Broker);
    }

    public void Dispose()
    {
        _store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void The_first_key_is_made_once_and_admitted_by_its_hash_only()
    {
        var key = Tenants.FirstKey(_home);
        Assert.Equal(key, Tenants.FirstKey(_home));
        Assert.True(Tenants.AdmitFirst(_home, _store.Tenants));
        Assert.True(Tenants.AdmitFirst(_home, _store.Tenants));
        var tenant = Assert.Single(_store.Tenants.List());
        Assert.Equal((Tenants.First, Tenants.RequestsPerMinute, Tenants.TokensPerHour), (tenant.Id, tenant.RequestsPerMinute, tenant.TokensPerHour));
        Assert.Equal([Tenants.HashOf(key)], tenant.KeyHashes);
    }

    [Fact]
    public void A_key_that_was_replaced_is_revoked_and_the_others_of_the_tenant_stay()
    {
        Tenants.AdmitFirst(_home, _store.Tenants);
        var old = Tenants.HashOf(Tenants.FirstKey(_home));
        var other = Tenants.HashOf(Tenants.NewKey());
        _store.Tenants.AddKey(Tenants.First, other);
        _store.Tenants.Set(Tenants.First, 5, 5);
        File.Delete(_home.ApiKey);

        Assert.True(Tenants.AdmitFirst(_home, _store.Tenants));

        var tenant = Assert.Single(_store.Tenants.List());
        Assert.Equal([other, Tenants.HashOf(Tenants.FirstKey(_home))], tenant.KeyHashes);
        Assert.Equal([old], tenant.RevokedKeyHashes);
        Assert.Equal(5, tenant.RequestsPerMinute);
    }

    [Fact]
    public void A_key_that_was_revoked_is_not_admitted_again()
    {
        Tenants.AdmitFirst(_home, _store.Tenants);
        _store.Tenants.RevokeKey(Tenants.HashOf(Tenants.FirstKey(_home)));
        Assert.False(Tenants.AdmitFirst(_home, _store.Tenants));
        Assert.Empty(Assert.Single(_store.Tenants.List()).KeyHashes);
    }

    [Fact]
    public void The_public_key_of_models_is_all_that_loading_reads()
    {
        Assert.Equal(CliCodes.FileUnreadable, Assert.Throws<CliException>(() => Signers.ModelPublic(_home)).Code);
        using var key = Signers.Model(_home);
        File.Delete(Path.Combine(_home.Signers, "model.pem"));
        using var half = Signers.ModelPublic(_home);
        Assert.Equal(key.ExportSubjectPublicKeyInfo(), half.ExportSubjectPublicKeyInfo());
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => half.ExportPkcs8PrivateKey());
    }
}
