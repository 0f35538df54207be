using Amnion.KeyBroker.Storage;
using Amnion.Records;

namespace Amnion.KeyBroker.Configuration;

/// <summary>Statements on the table "configuration".</summary>
static class ConfigurationTable
{
    /// <summary>The row, or null before first use.</summary>
    /// <exception cref="KeyBrokerException">It was altered.</exception>
    public static ConfigurationRow? Find(BrokerTransaction transaction) => transaction.Query("SELECT version, content, signer, wrapped FROM configuration", row =>
    {
        try
        {
            var release = ConfigurationRelease.Parse(row.GetFieldValue<byte[]>(1));
            return release.Version == row.GetInt64(0)
                ? new ConfigurationRow(release, row.GetFieldValue<byte[]>(2), row.GetFieldValue<byte[]>(3))
                : throw Altered(null);
        }
        catch (RecordFormatException e)
        {
            throw Altered(e);
        }
    }).SingleOrDefault();

    /// <summary>The version alone, as stored; 0 before first use.</summary>
    public static long Version(BrokerTransaction transaction) => transaction.Query("SELECT version FROM configuration", row => row.GetInt64(0)).SingleOrDefault();

    public static void Put(BrokerTransaction transaction, ConfigurationRow row) => transaction.Execute(
        "INSERT OR REPLACE INTO configuration(id, version, content, signer, wrapped) VALUES(1, $1, $2, $3, $4)", row.Release.Version, row.Content, row.Signer, row.Wrapped);

    /// <summary>Wraps the signing key under the next root key.</summary>
    public static void Rewrap(BrokerTransaction transaction, RootKey root, RootKey next)
    {
        if (Find(transaction) is { } row)
        {
            using var key = root.Unwrap(row.Wrapped, row.Binding);
            Put(transaction, row with { Wrapped = next.Wrap(key, row.Binding) });
        }
    }

    static KeyBrokerException Altered(Exception? inner) => new(KeyBrokerCodes.KeyDamaged, "the stored configuration was altered", inner);
}
