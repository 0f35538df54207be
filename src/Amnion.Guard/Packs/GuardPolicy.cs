using System.Collections.Immutable;
using Amnion.Records;

namespace Amnion.Guard.Packs;

/// <summary>
/// The whole set of packs and who gets which: "amnion/guard-policy/1", docs/specs/guard.md. Register 18 measures its canonical JSON. The first route that fits counts; where none fits, the request is refused.
/// </summary>
public sealed record GuardPolicy
{
    /// <summary>The format's name.</summary>
    public const string Format = "amnion/guard-policy/1";

    /// <summary>Most bytes accepted.</summary>
    public const int MaxLength = 256 * 1024;

    /// <summary>Most packs, and most routes.</summary>
    public const int MaxPacks = 64, MaxRoutes = 1024;

    /// <summary>The policy's name, 1 to 64 characters.</summary>
    public required string Name { get; init; }

    /// <summary>Its version: whoever writes a new one counts up.</summary>
    public required long Version { get; init; }

    /// <summary>The packs, each name once.</summary>
    public required ImmutableArray<GuardPack> Packs { get; init; }

    /// <summary>The routes in their order.</summary>
    public required ImmutableArray<GuardRoute> Routes { get; init; }

    /// <summary>Everything on, for everybody: attacks are refused, personal data is kept from the engine and put back into answers, answers are checked.</summary>
    public static GuardPolicy Standard { get; } = new() { Name = "standard", Version = 1, Packs = [new GuardPack { Name = "standard" }], Routes = [new GuardRoute(GuardRoute.Any, GuardRoute.Any, "standard")] };

    /// <summary>A guard that looks at nothing, and says so where it is measured.</summary>
    public static GuardPolicy None { get; } = new()
    {
        Name = "none",
        Version = 1,
        Packs = [new GuardPack { Name = "none", Attacks = null, PersonalData = null, Tools = null, Answer = null }],
        Routes = [new GuardRoute(GuardRoute.Any, GuardRoute.Any, "none")],
    };

    /// <summary>SHA-384 of the canonical JSON: what register 18 is extended with.</summary>
    public Digest Digest => Digest.Sha384(ToJson());

    /// <summary>The pack for a request, or null where no route fits.</summary>
    public GuardPack? PackFor(string tenant, string path) => Routes.FirstOrDefault(route => route.Fits(tenant, path)) is { } found ? Packs.First(pack => pack.Name == found.Pack) : null;

    /// <summary>Parses strictly.</summary>
    /// <exception cref="RecordFormatException">Anything the format does not allow.</exception>
    public static GuardPolicy Parse(ReadOnlySpan<byte> json)
    {
        using var document = CanonicalJson.Parse(json, MaxLength, Format);
        var reader = new JsonObjectReader(document.RootElement, Format);
        reader.Constant("format", Format);
        var policy = new GuardPolicy
        {
            Name = reader.Text("name", 64),
            Version = reader.Integer("version", 1, int.MaxValue),
            Packs = reader.Objects("packs", MaxPacks, GuardPack.Read),
            Routes = reader.Objects("routes", MaxRoutes, item =>
            {
                var route = new GuardRoute(item.Text("tenant", 128), item.Text("path", 128), item.Text("pack", 64));
                item.End();
                return route;
            }),
        };
        reader.End();
        var names = policy.Packs.Select(pack => pack.Name).ToHashSet(StringComparer.Ordinal);
        if (names.Count != policy.Packs.Length || names.Count == 0)
        {
            throw reader.Refuse("packs", "must hold at least one pack, and each name once");
        }

        return policy.Routes.Any(route => !names.Contains(route.Pack)) ? throw reader.Refuse("routes", "names a pack that there is not") : policy;
    }

    /// <summary>The canonical JSON.</summary>
    public byte[] ToJson() => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteString("name", Name);
        json.WriteNumber("version", Version);
        json.WriteStartArray("packs");
        foreach (var pack in Packs)
        {
            pack.Write(json);
        }

        json.WriteEndArray();
        json.WriteStartArray("routes");
        foreach (var route in Routes)
        {
            json.WriteStartObject();
            json.WriteString("tenant", route.Tenant);
            json.WriteString("path", route.Path);
            json.WriteString("pack", route.Pack);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}
