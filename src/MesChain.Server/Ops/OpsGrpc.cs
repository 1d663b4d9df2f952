using Grpc.Core;
using MesChain.Contracts.Ops.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Hosting;

namespace MesChain.Server.Ops;

/// <summary>The ops slice on the wire: parses, delegates, answers. Decides nothing.</summary>
sealed class OpsGrpc(Db db) : OpsService.OpsServiceBase
{
    public override Task<GetVersionResponse> GetVersion(GetVersionRequest request, ServerCallContext context) =>
        Task.FromResult(new GetVersionResponse { Version = ProductVersion.Text, OpencartPackageMin = ProductVersion.OpencartPackageMin, Engine = db.Engine == Engine.Sqlite ? "sqlite" : "postgres" });
}
