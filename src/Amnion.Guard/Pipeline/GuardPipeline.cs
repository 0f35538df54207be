using System.Collections.Immutable;
using Amnion.Guard.Packs;

namespace Amnion.Guard.Pipeline;

/// <summary>A guard policy made ready: gives each request a session of its own. Safe for several threads.</summary>
public sealed class GuardPipeline
{
    readonly ImmutableDictionary<string, CompiledPack> _packs;

    /// <summary>Makes a policy ready.</summary>
    public GuardPipeline(GuardPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        Policy = policy;
        _packs = policy.Packs.ToImmutableDictionary(pack => pack.Name, pack => new CompiledPack(pack), StringComparer.Ordinal);
    }

    /// <summary>What it does.</summary>
    public GuardPolicy Policy { get; }

    /// <summary>A session for one request, or null where no route fits: such a request is refused (AMN-GUARD-0002).</summary>
    /// <param name="tenant">The caller's tenant.</param>
    /// <param name="path">The API's path, for example "/v1/chat/completions".</param>
    public GuardSession? Begin(string tenant, string path) => Policy.PackFor(tenant, path) is { } pack ? new GuardSession(_packs[pack.Name]) : null;
}
