using Google.Protobuf.WellKnownTypes;
using MesChain.Contracts.Secret.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Keyring;
using MesChain.Server.Platform.Rpc;
using WireState = MesChain.Contracts.Secret.V1.KekState;

namespace MesChain.Server.Secret;

/// <summary>Changes of keys between wire and domain.</summary>
static class KeyProto
{
    const string Verify = "verify";
    const int FingerprintLength = 16;

    extension(RotateKekRequest request)
    {
        public Guid? ToDomain()
        {
            var check = new Check();
            var requestId = check.RequestId(request.RequestId);
            check.ThrowIfAny();
            return requestId;
        }
    }

    extension(RetireKekRequest request)
    {
        public (long Generation, long LoseValues) ToDomain()
        {
            var check = new Check();
            check.That(request.Generation >= 1, "generation", "must be at least 1");
            check.That(request.LoseValues >= 0, "lose_values", "must not be negative");
            check.ThrowIfAny();
            return (request.Generation, request.LoseValues);
        }
    }

    extension(RotateRootRequest request)
    {
        public string ToDomain()
        {
            var check = new Check();
            check.That(request.Fingerprint.Length == FingerprintLength && request.Fingerprint.All(char.IsAsciiHexDigitLower), "fingerprint", "must be 16 hexadecimal digits in lower case");
            check.ThrowIfAny();
            return request.Fingerprint;
        }
    }

    extension(VerifySecretsRequest request)
    {
        public (InspectionPlace? After, int Limit) ToDomain(Inspection inspection)
        {
            var check = new Check();
            var limit = check.PageSize(request.PageSize, fallback: 200, max: 1_000);
            InspectionPlace? after = null;
            if (PageToken.Read(check, request.PageToken, Verify, 3) is [var column, var id, var version])
            {
                if (!inspection.Knows(column) || !Ids.TryParseWire(id, out var place))
                    PageToken.Refuse(check);
                else
                    after = new(column, place, PageToken.Number(check, version));
            }

            check.ThrowIfAny();
            return (after, limit);
        }
    }

    extension(InspectionPage page)
    {
        public VerifySecretsResponse ToProto() => new()
        {
            Damaged = { page.Damaged },
            CheckedValues = page.Checked,
            NextPageToken = page.Next is { } next ? PageToken.Of(Verify, next.Column, next.Id.ToWire(), FormattableString.Invariant($"{next.Version}")) : "",
        };
    }

    extension(RootState root)
    {
        public RootStatus ToProto() => new()
        {
            Fingerprint = root.Home.RootFingerprint,
            NextFingerprint = root.Home.RootNext,
            KeysLeft = root.Left,
            Nodes = { root.Nodes.Select(node => new KeyNode { Name = node.Name, Silent = node.Silent, RootFingerprints = { node.Roots.Split(' ', StringSplitOptions.RemoveEmptyEntries) } }) },
        };
    }

    extension(IReadOnlyList<GenerationStatus> generations)
    {
        public GetRotationStatusResponse ToProto(RootState? root) => new()
        {
            Generations = { generations.Select(One) },
            Root = root?.ToProto(),
        };
    }

    static KekGeneration One(GenerationStatus status) => new()
    {
        Generation = status.Kek.Generation,
        State = status.Kek.State switch
        {
            Platform.Keyring.KekState.Staged => WireState.Staged,
            Platform.Keyring.KekState.Active => WireState.Active,
            Platform.Keyring.KekState.DecryptOnly => WireState.DecryptOnly,
            _ => WireState.Retired,
        },
        CreateTime = SecretProto.Time(status.Kek.CreatedMs),
        ActivateTime = SecretProto.Time(status.Kek.ActivatedMs),
        RewrapTime = SecretProto.Time(status.Kek.RewrappedMs),
        RetireTime = SecretProto.Time(status.Kek.RetiredMs),
        Wraps = status.Kek.Wraps,
        StoredValues = status.Stored,
        MovedValues = status.Kek.Rewrapped,
        WaitsForNodes = { status.WaitsFor },
    };
}
