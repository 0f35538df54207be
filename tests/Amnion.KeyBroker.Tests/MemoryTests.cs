using System.Security.Cryptography;
using Amnion.KeyBroker.Audit;
using Amnion.KeyBroker.Configuration;
using Amnion.Sealing;

namespace Amnion.KeyBroker.Tests;

/// <summary>The data key is in the broker's memory only while it is wrapped: this process's whole writable memory is searched for it.</summary>
[Collection(nameof(MemoryTests))]
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public sealed class MemoryTests
{
    [Fact]
    public async Task After_create_grant_rotate_and_release_no_copy_of_the_data_key_is_left()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs /proc/self/mem.");
        await using var broker = await TestBroker.StartAsync();
        var masked = RandomNumberGenerator.GetBytes(32);
        using (var key = Unmask(masked))
        {
            Assert.Equal(1, ProcessMemory.Count(masked));
            broker.Admin.CreateWithKey(TestBroker.KeyId, key, TestEnclave.Policy);
        }

        broker.Admin.Grant(TestBroker.KeyId, TestEnclave.Policy);
        broker.Admin.RotateRootKey();
        for (var i = 0; i < 5; i++)
        {
            // The answer is not opened here: the enclave's copy is the enclave's.
            using var enclave = new TestEnclave();
            await TestBroker.ReadKeyAsync((await broker.AskAsync(enclave)).Response);
        }

        Assert.Equal(0, ProcessMemory.Count(masked));
    }

    [Fact]
    public async Task After_issuing_releases_no_copy_of_the_signing_key_is_left()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs /proc/self/mem.");
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Tenants.Set("clinic", 1, 1);
        var masked = broker.Admin.Change((transaction, root) =>
        {
            var row = ConfigurationTable.Find(transaction)!;
            using var key = root.Unwrap(row.Wrapped, row.Binding);
            var copy = new byte[key.Length];
            for (var i = 0; i < copy.Length; i++)
            {
                copy[i] = (byte)(key.Reveal(SecretAccess.Comparison)[i] ^ ProcessMemory.Mask);
            }

            return copy;
        });
        for (var i = 0; i < 5; i++)
        {
            broker.Admin.Tenants.Set("clinic", i, i);
            await broker.Client.GetByteArrayAsync("/v1/configuration");
        }

        broker.Admin.RotateRootKey();
        Assert.Equal(0, ProcessMemory.Count(masked));
    }

    [Fact]
    public void A_broker_that_keeps_a_copy_is_found_out()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs /proc/self/mem.");
        using var folder = new TestFolder();
        using var store = folder.Open();
        var masked = RandomNumberGenerator.GetBytes(32);
        using (var key = Unmask(masked))
        {
            store.CreateWithKey("a", key, TestEnclave.Policy);
        }

        var row = store.Find("a")!;
        var leak = store.Release(row, new AuditEntry(AuditDecision.Released, "a", 1, row.PolicyDigest), key => key.Reveal(SecretAccess.Wrapping).ToArray())!;

        Assert.NotEqual(0, ProcessMemory.Count(masked));
        GC.KeepAlive(leak);
    }

    static SecretBytes Unmask(byte[] masked) => SecretBytes.Create(masked.Length, masked, static (bytes, source) =>
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)(source[i] ^ ProcessMemory.Mask);
        }
    });
}
