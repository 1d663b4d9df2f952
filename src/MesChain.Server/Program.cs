using MesChain.Server.Ops;
using MesChain.Server.Queue;
using MesChain.Server.Secret;
using MesChain.Server.Sync;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddQueue().AddSecret().AddSync().AddOps();
var app = builder.Build();
app.MapQueue().MapSecret().MapSync().MapOps();
await app.RunAsync();
