using Amnion.KeyBroker.Storage;
using Amnion.Sealing;

namespace Amnion.KeyBroker.Tests;

public sealed class RootKeyTests
{
    [Fact]
    public void Rotation_wraps_every_active_key_anew_and_destroys_the_old_root_key()
    {
        using var folder = new TestFolder();
        using var store = folder.Open();
        using var a = store.Create("a", TestEnclave.Policy);
        using var b = store.Create("b", TestEnclave.Policy);
        store.Create("gone", TestEnclave.Policy).Dispose();
        store.Revoke("gone");
        var oldRoot = File.ReadAllBytes(folder.RootKey);
        var oldWrapped = store.Find("a")!.Wrapped;

        Assert.Equal(2, store.RotateRootKey());

        Assert.NotEqual(oldRoot, File.ReadAllBytes(folder.RootKey));
        Assert.NotEqual(oldWrapped, store.Find("a")!.Wrapped);
        Assert.False(File.Exists(folder.NextRootKey));
        StorageTests.AssertHolds(store, "a", a);
        using var reopened = folder.Open();
        StorageTests.AssertHolds(reopened, "b", b);
        Assert.True(reopened.Audit().Intact);
    }

    [Fact]
    public async Task A_running_broker_goes_on_after_a_rotation_by_another_process()
    {
        await using var broker = await TestBroker.StartAsync();
        using var key = broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy);
        using var enclave = new TestEnclave();
        await TestBroker.ReadKeyAsync((await broker.AskAsync(enclave)).Response);

        broker.Admin.RotateRootKey();
        var (challenge, response) = await broker.AskAsync(enclave);

        using var opened = enclave.Open(await TestBroker.ReadKeyAsync(response), challenge);
        Assert.Equal(KeyCommitment.Compute(key), KeyCommitment.Compute(opened));
    }

    [Fact]
    public void A_crash_before_the_rotations_commit_keeps_the_old_root_key()
    {
        using var folder = new TestFolder();
        using var key = Filled(folder);
        WritePrivate(folder.NextRootKey, new byte[32]);

        using var store = folder.Open();

        Assert.False(File.Exists(folder.NextRootKey));
        StorageTests.AssertHolds(store, "a", key);
    }

    [Fact]
    public void A_crash_after_the_rotations_commit_takes_the_new_root_key()
    {
        using var folder = new TestFolder();
        using var key = Filled(folder);
        var old = File.ReadAllBytes(folder.RootKey);
        using (var store = folder.Open())
        {
            store.RotateRootKey();
        }

        // As it was between the commit and the renaming of the file.
        File.Move(folder.RootKey, folder.NextRootKey);
        WritePrivate(folder.RootKey, old);
        using var reopened = folder.Open();

        Assert.False(File.Exists(folder.NextRootKey));
        StorageTests.AssertHolds(reopened, "a", key);
        Assert.Equal(1, reopened.RotateRootKey());
        StorageTests.AssertHolds(reopened, "a", key);
    }

    [Fact]
    public void A_crash_before_the_first_database_was_complete_is_made_up_for()
    {
        using var folder = new TestFolder();
        PrivateFiles.EnsureDirectory(folder.Directory);
        WritePrivate(folder.RootKey, [.. Enumerable.Repeat((byte)7, 32)]);
        PrivateFiles.EnsureFile(folder.Database);

        using var store = folder.Open();

        store.Create("a", TestEnclave.Policy).Dispose();
        Assert.Equal(7, File.ReadAllBytes(folder.RootKey)[31]);
    }

    [Fact]
    public void A_lost_root_key_is_not_replaced_by_a_fresh_one()
    {
        using var folder = new TestFolder();
        Filled(folder).Dispose();
        File.Delete(folder.RootKey);
        KeyStoreTests.Refuses(KeyBrokerCodes.RootKeyMissing, () => folder.Open().Dispose());
        Assert.False(File.Exists(folder.RootKey));
    }

    [Theory]
    [InlineData(32)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(0)]
    public void Another_root_key_is_refused(int length)
    {
        using var folder = new TestFolder();
        Filled(folder).Dispose();
        File.WriteAllBytes(folder.RootKey, new byte[length]);
        KeyStoreTests.Refuses(KeyBrokerCodes.RootKeyMismatch, () => folder.Open().Dispose());
    }

    [Fact]
    public void A_root_key_kept_elsewhere_is_used_and_never_generated()
    {
        using var folder = new TestFolder();
        using var elsewhere = new TestFolder();
        PrivateFiles.EnsureDirectory(elsewhere.Directory);
        KeyStoreTests.Refuses(KeyBrokerCodes.RootKeyMissing, () => KeyStore.Open(folder.Directory, elsewhere.RootKey).Dispose());
        WritePrivate(elsewhere.RootKey, [.. Enumerable.Repeat((byte)9, 32)]);

        using var store = KeyStore.Open(folder.Directory, elsewhere.RootKey);
        using var key = store.Create("a", TestEnclave.Policy);
        Assert.Equal(1, store.RotateRootKey());

        Assert.False(File.Exists(folder.RootKey));
        StorageTests.AssertHolds(store, "a", key);
        Assert.NotEqual(9, File.ReadAllBytes(elsewhere.RootKey)[0] & File.ReadAllBytes(elsewhere.RootKey)[1] & File.ReadAllBytes(elsewhere.RootKey)[2]);
    }

    static SecretBytes Filled(TestFolder folder)
    {
        using var store = folder.Open();
        return store.Create("a", TestEnclave.Policy);
    }

    static void WritePrivate(string path, byte[] bytes)
    {
        using var file = PrivateFiles.Open(path, FileMode.CreateNew, FileAccess.Write);
        file.Write(bytes);
    }
}
