namespace Amnion.Guard.Packs;

/// <summary>Which pack a request gets.</summary>
/// <param name="Tenant">The tenant's name, or "*" for every tenant.</param>
/// <param name="Path">The API's path, for example "/v1/chat/completions", or "*" for every path.</param>
/// <param name="Pack">The pack's name.</param>
public sealed record GuardRoute(string Tenant, string Path, string Pack)
{
    /// <summary>What stands for everything.</summary>
    public const string Any = "*";

    internal bool Fits(string tenant, string path) => (Tenant == Any || Tenant == tenant) && (Path == Any || Path == path);
}
