using Google.Protobuf;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using System.Security.Cryptography;

namespace MesChain.Server.Platform.Rpc;

/// <summary>
/// Makes a retry harmless: the memory of a mutating call is written in the transaction of its effect, so that exactly the calls
/// that took effect are remembered. Kept are a keyed digest of the request and the ids of what was made (never the answer itself,
/// never secret material); the answer is built anew from those ids.
/// </summary>
public sealed class Repeats(Keyring.StoreKeys keyring)
{
    /// <summary>How long a request id is remembered.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    const int MadeMax = 1024;

    /// <summary>Runs <paramref name="effect"/> once per (store, caller, method, request id).</summary>
    /// <param name="requestId">Null: the caller asked for no protection; the effect simply runs.</param>
    /// <param name="request">The whole request as received. Another one under the same id is refused with REQUEST_ID_REUSED.</param>
    /// <param name="effect">Answers, and says the ids of what it made, at most 1 KB of text, in whatever form <paramref name="rebuild"/> reads.</param>
    /// <param name="rebuild">Builds the answer to a repeat from those ids, out of what stands now.</param>
    public async Task<T> OnceAsync<T>(
        Tx tx, Caller caller, Guid storeId, string method, Guid? requestId, IMessage request, Func<Task<(T Answer, string Made)>> effect, Func<string, Task<T>> rebuild)
    {
        if (requestId is not { } id)
            return (await effect()).Answer;

        var mac = keyring.Mac("repeats", Canonical(request));
        var key = new { storeId, caller = caller.KeyId, method, requestId = id, mac, kept = (long)Kept.TotalMilliseconds };
        // Written before the effect: a second call with the same id waits here for the first one's commit, or takes its place.
        var first = await tx.ExecuteAsync(
            $"""
            insert into repeats (store_id, caller, method, request_id, body_mac, made, created_ms)
            values (@storeId, @caller, @method, @requestId, @mac, '', {tx.Db.Now})
            on conflict (store_id, caller, method, request_id)
            do update set body_mac = excluded.body_mac, made = '', created_ms = excluded.created_ms
            where repeats.created_ms <= {tx.Db.Now} - @kept
            """,
            key);
        if (first == 0)
        {
            var earlier = await tx.OneAsync<Row>("select body_mac, made from repeats where store_id = @storeId and caller = @caller and method = @method and request_id = @requestId", key);
            if (!CryptographicOperations.FixedTimeEquals(earlier!.BodyMac, mac))
                throw new AlreadyThereException(Reasons.RequestIdReused, "This request_id was used for a different request; make a new one for each.");
            return await rebuild(earlier.Made);
        }

        var (answer, made) = await effect();
        if (made.Length > MadeMax)
            throw new InvalidOperationException($"{method} made {made.Length} characters of ids; {MadeMax} are kept.");
        await tx.ExecuteAsync(
            "update repeats set made = @made where store_id = @storeId and caller = @caller and method = @method and request_id = @requestId",
            new { key.storeId, key.caller, key.method, key.requestId, made });
        return answer;
    }

    /// <summary>One spelling of a message: maps in order of their keys.</summary>
    static byte[] Canonical(IMessage request)
    {
        using var buffer = new MemoryStream(request.CalculateSize());
        using (var output = new CodedOutputStream(buffer, leaveOpen: true) { Deterministic = true })
            request.WriteTo(output);
        return buffer.ToArray();
    }

    sealed record Row
    {
        public required byte[] BodyMac { get; init; }

        public required string Made { get; init; }
    }
}
