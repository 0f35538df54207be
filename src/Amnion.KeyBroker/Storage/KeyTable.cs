using Microsoft.Data.Sqlite;

namespace Amnion.KeyBroker.Storage;

/// <summary>Statements on the table "keys".</summary>
static class KeyTable
{
    const string Columns = "id, wrapped, policy, state, created, version";

    public static KeyRow? Find(BrokerTransaction transaction, string id) =>
        transaction.Query($"SELECT {Columns} FROM keys WHERE id = $1", Read, id).SingleOrDefault();

    public static List<KeyRow> All(BrokerTransaction transaction) =>
        transaction.Query($"SELECT {Columns} FROM keys ORDER BY id", Read);

    public static void Insert(BrokerTransaction transaction, KeyRow row) => transaction.Execute(
        $"INSERT INTO keys({Columns}) VALUES($1, $2, $3, $4, $5, $6)", row.Id, row.Wrapped, row.Policy, (long)row.State, row.Created.ToUnixTimeMilliseconds(), row.Version);

    public static void Update(BrokerTransaction transaction, KeyRow row) => transaction.Execute(
        "UPDATE keys SET wrapped = $2, policy = $3, state = $4, version = $5 WHERE id = $1", row.Id, row.Wrapped, row.Policy, (long)row.State, row.Version);

    static KeyRow Read(SqliteDataReader row)
    {
        var state = row.GetInt64(3);
        return new KeyRow(
            row.GetString(0),
            row.GetFieldValue<byte[]>(1),
            row.GetFieldValue<byte[]>(2),
            // Anything but the one value that means active is treated as revoked.
            state == (long)KeyState.Active ? KeyState.Active : KeyState.Revoked,
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)),
            row.GetInt64(5));
    }
}
