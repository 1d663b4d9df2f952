using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace MesChain.Server.Platform.Data;

/// <summary>
/// A connection that keeps the statements it has prepared, by their text. Without it every execution compiles its SQL anew, which costs
/// several times what running it does. One user at a time, as any connection.
/// </summary>
sealed class PreparedSqlite(string connectionString) : SqliteConnection(connectionString)
{
    /// <summary>Texts are written in the program, so there are few; this only bounds what a mistake could cost.</summary>
    const int KeptMax = 1000;

    readonly Dictionary<string, SqliteCommand> _kept = new(StringComparer.Ordinal);

    protected override DbCommand CreateDbCommand() => new Borrowed(this);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var command in _kept.Values)
                command.Dispose();
            _kept.Clear();
        }

        base.Dispose(disposing);
    }

    SqliteCommand Take(string sql)
    {
        if (_kept.Remove(sql, out var kept))
            return kept;
        var command = CreateCommand();
        command.CommandText = sql;
        return command;
    }

    void GiveBack(SqliteCommand command)
    {
        command.Parameters.Clear();
        command.Transaction = null;
        if (_kept.Count >= KeptMax || !_kept.TryAdd(command.CommandText, command))
            command.Dispose();
    }

    /// <summary>Stands for the kept command of its text until it is disposed.</summary>
    sealed class Borrowed(PreparedSqlite owner) : DbCommand
    {
        SqliteCommand? _command;
        SqliteTransaction? _transaction;

        [AllowNull]
        public override string CommandText
        {
            get => _command?.CommandText ?? "";
            set
            {
                // Dapper says the text again for each of many rows.
                if (_command is not null && string.Equals(_command.CommandText, value, StringComparison.Ordinal))
                    return;
                if (_command is not null)
                    owner.GiveBack(_command);
                _command = owner.Take(value ?? "");
                _command.Transaction = _transaction;
            }
        }

        public override int CommandTimeout
        {
            get => Command.CommandTimeout;
            set => Command.CommandTimeout = value;
        }

        public override CommandType CommandType
        {
            get => CommandType.Text;
            set
            {
                if (value != CommandType.Text)
                    throw new NotSupportedException("SQLite has statements and nothing else.");
            }
        }

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        [AllowNull]
        protected override DbConnection DbConnection
        {
            get => owner;
            set => throw new NotSupportedException("A command stays with the connection that keeps it.");
        }

        protected override DbParameterCollection DbParameterCollection => Command.Parameters;

        protected override DbTransaction? DbTransaction
        {
            get => _transaction;
            set
            {
                _transaction = (SqliteTransaction?)value;
                if (_command is not null)
                    _command.Transaction = _transaction;
            }
        }

        SqliteCommand Command => _command ?? throw new InvalidOperationException("A command needs its text first.");

        public override void Cancel() => Command.Cancel();

        public override int ExecuteNonQuery() => Command.ExecuteNonQuery();

        public override object? ExecuteScalar() => Command.ExecuteScalar();

        public override void Prepare() => Command.Prepare();

        protected override DbParameter CreateDbParameter() => Command.CreateParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Command.ExecuteReader(behavior);

        protected override void Dispose(bool disposing)
        {
            if (disposing && _command is { } command)
            {
                _command = null;
                owner.GiveBack(command);
            }

            base.Dispose(disposing);
        }
    }
}
