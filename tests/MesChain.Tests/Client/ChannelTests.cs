using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using MesChain.Client;
using MesChain.Contracts.Queue.V1;

namespace MesChain.Tests.Client;

/// <summary>What a .NET user gets from the channel, over a real connection.</summary>
public sealed class ChannelTests
{
    static readonly RpcException Away = new(new(StatusCode.Unavailable, "away"));

    [Fact]
    public async Task A_call_carries_the_key_and_a_deadline()
    {
        await using var server = await ScriptedQueue.StartAsync();
        (string? Key, DateTime Deadline) seen = default;
        server.OnGet = (_, context) =>
        {
            seen = (context.RequestHeaders.GetValue("authorization"), context.Deadline);
            return new();
        };
        using var channel = server.Open();
        await channel.Queue.GetQueueAsync(new());
        Assert.Equal("Bearer mck_test_secret", seen.Key);
        Assert.InRange(seen.Deadline - TimeProvider.System.GetUtcNow().UtcDateTime, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(31));
    }

    [Fact]
    public async Task A_refusal_arrives_with_reason_fields_values_and_wait()
    {
        await using var server = await ScriptedQueue.StartAsync();
        var rich = new Google.Rpc.Status { Code = (int)Code.ResourceExhausted, Message = "full" };
        rich.Details.Add(Any.Pack(new ErrorInfo { Reason = "QUEUE_FULL", Domain = "meschain", Metadata = { ["depth"] = "7" } }));
        rich.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(TimeSpan.FromSeconds(3)) }));
        rich.Details.Add(Any.Pack(new BadRequest { FieldViolations = { new BadRequest.Types.FieldViolation { Field = "messages[1].kind", Description = "must not be empty" } } }));
        server.OnSend = _ => throw rich.ToRpcException();
        using var channel = server.Open();

        var refused = await Assert.ThrowsAsync<MesChainRpcException>(async () => await channel.Queue.SendAsync(new()));
        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        Assert.Equal("QUEUE_FULL", refused.Reason);
        Assert.Equal("7", refused.Values["depth"]);
        Assert.Equal(TimeSpan.FromSeconds(3), refused.RetryAfter);
        Assert.Equal([new FieldViolation("messages[1].kind", "must not be empty")], refused.Violations);
    }

    [Fact]
    public async Task A_plain_refusal_has_no_reason_and_is_still_one_of_ours()
    {
        await using var server = await ScriptedQueue.StartAsync();
        server.OnSend = _ => throw new RpcException(new(StatusCode.Aborted, "no"));
        using var channel = server.Open();
        var refused = await Assert.ThrowsAsync<MesChainRpcException>(async () => await channel.Queue.SendAsync(new()));
        Assert.Equal((StatusCode.Aborted, ""), (refused.StatusCode, refused.Reason));
        Assert.Empty(refused.Violations);
        Assert.Null(refused.RetryAfter);
    }

    [Fact]
    public async Task A_read_is_tried_again_while_the_server_is_away()
    {
        await using var server = await ScriptedQueue.StartAsync();
        var tries = 0;
        server.OnGet = (_, _) => ++tries < 3 ? throw Away : new();
        using var channel = server.Open();
        await channel.Queue.GetQueueAsync(new());
        Assert.Equal(3, tries);
    }

    [Fact]
    public async Task Tries_are_bounded()
    {
        await using var server = await ScriptedQueue.StartAsync();
        var tries = 0;
        server.OnGet = (_, _) =>
        {
            tries++;
            throw Away;
        };
        using var channel = server.Open(attempts: 2);
        await Assert.ThrowsAsync<MesChainRpcException>(async () => await channel.Queue.GetQueueAsync(new()));
        Assert.Equal(2, tries);
    }

    [Fact]
    public async Task What_a_repeat_would_do_twice_is_tried_once()
    {
        await using var server = await ScriptedQueue.StartAsync();
        var tries = 0;
        server.OnSend = _ =>
        {
            tries++;
            throw Away;
        };
        server.OnReceive = (_, _) =>
        {
            tries++;
            throw Away;
        };
        using var channel = server.Open();
        await Assert.ThrowsAsync<MesChainRpcException>(async () => await channel.Queue.SendAsync(new()));
        await Assert.ThrowsAsync<MesChainRpcException>(async () => await channel.Queue.ReceiveAsync(new()));
        Assert.Equal(2, tries);
    }

    [Fact]
    public async Task A_request_without_an_id_gets_one_that_stays_over_tries()
    {
        await using var server = await ScriptedQueue.StartAsync();
        var ids = new List<string>();
        server.OnRedrive = request =>
        {
            ids.Add(request.RequestId);
            return ids.Count < 3 ? throw Away : new();
        };
        using var channel = server.Open();
        var request = new RedriveRequest { Queue = "q" };
        await channel.Queue.RedriveAsync(request);
        Assert.Equal(3, ids.Count);
        Assert.True(Guid.TryParseExact(Assert.Single(ids.Distinct(StringComparer.Ordinal)), "D", out _));
        Assert.Equal("", request.RequestId);

        ids.Clear();
        await channel.Queue.RedriveAsync(new() { RequestId = "chosen" });
        Assert.Equal("chosen", ids[^1]);
        Assert.Equal(["chosen"], ids.Distinct(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    public void Attempts_outside_one_to_five_are_refused(int attempts) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => MesChainChannel.Open(new() { Server = new Uri("http://127.0.0.1:1"), Key = "k", AttemptsMax = attempts }));
}
