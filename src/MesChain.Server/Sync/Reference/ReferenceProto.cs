using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Rpc;
using MesChain.Server.Sync.Catalog;

namespace MesChain.Server.Sync.Reference;

/// <summary>Marketplaces' lists, between wire and domain. Judges every field of a request.</summary>
static class ReferenceProto
{
    public const string CategoryList = "categories";
    public const string AttributeList = "attributes";
    public const string OptionList = "options";
    public const string BrandList = "brands";

    /// <summary>Characters of a marketplace's id.</summary>
    public const int IdMax = 40;

    extension(ListCategoriesRequest request)
    {
        public (Guid Connection, long After, int Limit, string Query) ToDomain()
        {
            var check = new Check();
            var asked = (check.Id(request.ConnectionId, "connection_id"), After(check, request.PageToken, CategoryList), check.PageSize(request.PageSize),
                check.Text(request.Query, "query", 0, CatalogProto.QueryMax));
            check.ThrowIfAny();
            return asked;
        }
    }

    extension(ListCategoryAttributesRequest request)
    {
        public (Guid Connection, string Category, long After, int Limit) ToDomain()
        {
            var check = new Check();
            var asked = (check.Id(request.ConnectionId, "connection_id"), check.Text(request.CategoryId, "category_id", 1, IdMax),
                After(check, request.PageToken, AttributeList), check.PageSize(request.PageSize));
            check.ThrowIfAny();
            return asked;
        }
    }

    extension(ListAttributeOptionsRequest request)
    {
        public (Guid Connection, string Category, string Attribute, string After, int Limit, string Query) ToDomain()
        {
            var check = new Check();
            var asked = (check.Id(request.ConnectionId, "connection_id"), check.Text(request.CategoryId, "category_id", 1, IdMax),
                check.Text(request.AttributeId, "attribute_id", 1, IdMax), PageToken.ReadText(check, request.PageToken, OptionList) ?? "",
                check.PageSize(request.PageSize), check.Text(request.Query, "query", 0, CatalogProto.QueryMax));
            check.ThrowIfAny();
            return asked;
        }
    }

    extension(ListBrandsRequest request)
    {
        public (Guid Connection, string After, int Limit, string Query) ToDomain()
        {
            var check = new Check();
            var asked = (check.Id(request.ConnectionId, "connection_id"), PageToken.ReadText(check, request.PageToken, BrandList) ?? "",
                check.PageSize(request.PageSize), check.Text(request.Query, "query", 0, CatalogProto.QueryMax));
            check.ThrowIfAny();
            return asked;
        }
    }

    extension(CategoryRow row)
    {
        public Category ToProto() => new() { Id = row.Id, Name = row.Name, ParentId = row.ParentId, Path = row.Path, Leaf = row.Leaf };
    }

    extension(AttributeRow row)
    {
        public CategoryAttribute ToProto() => new()
        {
            Id = row.Id,
            Name = row.Name,
            Required = row.Required,
            TakesText = row.TakesText,
            TakesMany = row.TakesMany,
            Role = Enum.Parse<AttributeRole>(row.Role, ignoreCase: true),
            OptionCount = (int)row.Options,
        };
    }

    static long After(Check check, string token, string list) => PageToken.Read(check, token, list, 1) is [var text] ? PageToken.Number(check, text) : -1;
}
