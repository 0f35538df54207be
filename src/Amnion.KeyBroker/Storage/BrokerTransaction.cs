using Microsoft.Data.Sqlite;

namespace Amnion.KeyBroker.Storage;

/// <summary>Statements inside one transaction of <see cref="BrokerDatabase"/>. Values are always parameters ($1, $2, …).</summary>
readonly struct BrokerTransaction(SqliteConnection connection, SqliteTransaction transaction)
{
    public int Execute(string sql, params ReadOnlySpan<object> values)
    {
        using var command = Command(sql, values);
        return command.ExecuteNonQuery();
    }

    /// <summary>The first column of the first row.</summary>
    public T Scalar<T>(string sql, params ReadOnlySpan<object> values)
    {
        using var command = Command(sql, values);
        return (T)(command.ExecuteScalar() ?? throw new KeyBrokerException(KeyBrokerCodes.StorageFailed, "the database lacks a row it must have"));
    }

    /// <summary>Every row, read while the transaction is open.</summary>
    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object> values)
    {
        using var command = Command(sql, values);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    SqliteCommand Command(string sql, ReadOnlySpan<object> values)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue($"${i + 1}", values[i]);
        }

        return command;
    }
}
