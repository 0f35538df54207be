using Amnion.KeyBroker.Audit;
using Amnion.Sealing;

namespace Amnion.KeyBroker.Tests;

public sealed class KeyStoreTests
{
    [Fact]
    public void A_brought_key_is_listed_with_its_policy_and_without_itself()
    {
        using var folder = new TestFolder();
        var time = new ManualTime();
        using var store = folder.Open(time);
        using var key = SecretBytes.Random(32);
        store.CreateWithKey("b.key_2", key, TestEnclave.Policy);
        store.CreateWithKey("a", key, TestEnclave.Policy);

        var list = store.List();

        Assert.Equal(["a", "b.key_2"], list.Select(entry => entry.Id));
        Assert.Equal((KeyState.Active, 1L, time.Start), (list[0].State, list[0].Version, list[0].Created));
        Assert.Equal(TestEnclave.Policy.ToJson(), list[0].Policy);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("schlüssel")]
    public void A_name_that_a_path_or_a_log_could_misread_is_refused(string name)
    {
        using var folder = new TestFolder();
        using var store = folder.Open();
        Refuses(KeyBrokerCodes.KeyNameInvalid, () => store.Create(name, TestEnclave.Policy).Dispose());
        Refuses(KeyBrokerCodes.KeyNameInvalid, () => store.Create(new string('a', 129), TestEnclave.Policy).Dispose());
        Assert.Empty(store.List());
    }

    [Fact]
    public void A_key_is_created_once()
    {
        using var folder = new TestFolder();
        using var store = folder.Open();
        store.Create("a", TestEnclave.Policy).Dispose();
        Refuses(KeyBrokerCodes.KeyExists, () => store.Create("a", TestEnclave.Policy).Dispose());
        store.Revoke("a");
        Refuses(KeyBrokerCodes.KeyExists, () => store.Create("a", TestEnclave.Policy).Dispose());
    }

    [Fact]
    public void A_key_of_another_length_is_refused()
    {
        using var folder = new TestFolder();
        using var store = folder.Open();
        using var key = SecretBytes.Random(16);
        Assert.Throws<ArgumentException>(() => store.CreateWithKey("a", key, TestEnclave.Policy));
    }

    [Fact]
    public void Unknown_and_revoked_keys_cannot_be_granted_or_revoked()
    {
        using var folder = new TestFolder();
        using var store = folder.Open();
        Refuses(KeyBrokerCodes.KeyUnknown, () => store.Grant("a", TestEnclave.Policy));
        Refuses(KeyBrokerCodes.KeyUnknown, () => store.Revoke("a"));
        store.Create("a", TestEnclave.Policy).Dispose();
        store.Revoke("a");
        Refuses(KeyBrokerCodes.KeyRevoked, () => store.Grant("a", TestEnclave.Policy));
        Refuses(KeyBrokerCodes.KeyRevoked, () => store.Revoke("a"));
        Assert.Equal([AuditDecision.Created, AuditDecision.Revoked], store.Audit().Records.Select(record => record.Decision));
    }

    [Fact]
    public void Revoking_erases_the_wrapped_key_from_every_file()
    {
        using var folder = new TestFolder();
        using var store = folder.Open();
        store.Create("a", TestEnclave.Policy).Dispose();
        var wrapped = store.Find("a")!.Wrapped;
        Assert.Contains(Files(folder), file => file.AsSpan().IndexOf(wrapped) >= 0);

        store.Revoke("a");

        Assert.DoesNotContain(Files(folder), file => file.AsSpan().IndexOf(wrapped) >= 0);
        Assert.Equal(KeyState.Revoked, store.List().Single().State);
    }

    [Fact]
    public void Two_processes_see_each_others_changes()
    {
        using var folder = new TestFolder();
        using var first = folder.Open();
        using var second = folder.Open();
        first.Create("a", TestEnclave.Policy).Dispose();
        Assert.Equal(2, second.Grant("a", TestEnclave.Policy));
        first.Create("b", TestEnclave.Policy).Dispose();
        Assert.Equal(["a", "b"], second.List().Select(entry => entry.Id));
        Assert.True(first.Audit().Intact);
        Assert.Equal(3, second.Audit().Total);
    }

    [Fact]
    public async Task Two_stores_writing_at_once_keep_one_unbroken_log()
    {
        using var folder = new TestFolder();
        using var first = folder.Open();
        using var second = folder.Open();
        await Task.WhenAll(new[] { (first, "x"), (second, "y") }.Select(pair => Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; i < 25; i++)
                {
                    pair.Item1.Create($"{pair.Item2}{i}", TestEnclave.Policy).Dispose();
                }
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        Assert.Equal(50, first.Audit().Total);
        Assert.True(first.Audit().Intact);
    }

    internal static void Refuses(string code, Action action) => Assert.Equal(code, Assert.Throws<KeyBrokerException>(action).Code);

    static IEnumerable<byte[]> Files(TestFolder folder) => Directory.EnumerateFiles(folder.Directory).Select(file =>
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    });
}
