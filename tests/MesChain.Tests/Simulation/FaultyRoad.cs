using System.Net;
using System.Text;

namespace MesChain.Tests.Simulation;

/// <summary>The road to the marketplace, where requests and answers are lost, late, refused or doubled.</summary>
sealed class FaultyRoad(World world, Watch watch, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        world.Boundary("request");
        var pushes = request.Method == HttpMethod.Post;
        if (!pushes)
            await world.StallAsync();
        var what = $"{request.Method} {request.RequestUri!.AbsolutePath.Split("/sellers/")[^1]}";
        var body = request.Content is null ? null : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        if (pushes)
            await watch.PushAsync(what, body!);
        var fate = world.Faulty ? world.Chance.Next(40) : 39;
        switch (fate)
        {
            case 0:
                world.Note(what + ": 429");
                return new(HttpStatusCode.TooManyRequests) { RequestMessage = request };
            case 1:
                world.Note(what + ": 503 before");
                return new(HttpStatusCode.ServiceUnavailable) { RequestMessage = request };
            case 2:
                world.Note(what + ": cannot connect");
                throw new HttpRequestException(HttpRequestError.ConnectionError);
            case 3 when pushes:
                world.Note(what + ": held back by the network");
                var held = Copy(request, body);
                world.Later(what, () => world.Rig.ArriveAsync(held));
                throw new HttpRequestException(HttpRequestError.ResponseEnded);
        }

        using var sent = Copy(request, body);
        var response = await base.SendAsync(sent, cancellationToken);
        response.RequestMessage = request;
        world.Note($"{what} {(body is null ? "" : Encoding.UTF8.GetString(body))}: {(int)response.StatusCode}");
        if (fate == 6)
        {
            world.Note(what + ": doubled on the way");
            await world.Rig.ArriveAsync(Copy(request, body));
        }

        world.Boundary("answer");
        await world.StallAsync();
        if (fate is not (4 or 5))
            return response;
        response.Dispose();
        world.Note(what + ": answer lost");
        if (fate == 4)
            throw new HttpRequestException(HttpRequestError.ResponseEnded);
        return new(HttpStatusCode.BadGateway) { RequestMessage = request };
    }

    static HttpRequestMessage Copy(HttpRequestMessage request, byte[]? body)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri);
        foreach (var header in request.Headers)
            copy.Headers.TryAddWithoutValidation(header.Key, header.Value);
        if (body is not null)
        {
            copy.Content = new ByteArrayContent(body);
            copy.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json; charset=utf-8");
        }

        return copy;
    }
}
