using Microsoft.Extensions.Options;
using Npgsql;
using StackExchange.Redis;

namespace MesChain.Server.Platform.Hosting;

/// <summary>
/// Refuses connection strings that their libraries cannot read, before anything starts. What the libraries say of them may repeat a
/// piece of a password (one that holds the separator falls apart), and is therefore not passed on.
/// </summary>
sealed class ConnectionRules : IValidateOptions<DatabaseOptions>, IValidateOptions<ServerOptions>
{
    public ValidateOptionsResult Validate(string? name, DatabaseOptions options) =>
        options.Postgres.Length == 0 || Reads(() => new NpgsqlDataSourceBuilder(options.Postgres).Build().Dispose())
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Postgres cannot be read: it must be like 'Host=…;Username=…;Password=…;Database=…', with a value that holds ; or = in quotes, and name nothing that Npgsql does not know.");

    public ValidateOptionsResult Validate(string? name, ServerOptions options) =>
        options.Redis.Length == 0 || Reads(() => ConfigurationOptions.Parse(options.Redis))
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Redis cannot be read: it must be like 'host:port,password=…', without a comma in a value, and name nothing that StackExchange.Redis does not know.");

    static bool Reads(Action parse)
    {
        try
        {
            parse();
            return true;
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or OverflowException or InvalidOperationException or NotSupportedException or KeyNotFoundException)
        {
            return false;
        }
    }
}
