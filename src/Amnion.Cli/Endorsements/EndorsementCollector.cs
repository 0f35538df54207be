using System.Collections.Immutable;

namespace Amnion.Cli.EndorsementCollection;

/// <summary>
/// Gets what is needed from the cache or from its publishers. It trusts nothing it gets: content is only sorted, so that a login page is not kept as
/// a certificate; whether anything holds is for the verifier.
/// </summary>
/// <param name="cache">Where content is kept.</param>
/// <param name="fetcher">Asks the publishers; null never opens a connection.</param>
/// <param name="clock">Tells how old content is.</param>
sealed class EndorsementCollector(EndorsementCache cache, EndorsementFetcher? fetcher, TimeProvider clock)
{
    /// <summary>Most needs of one run: eight GPUs have some sixty.</summary>
    const int MaxNeeds = 256;

    /// <summary>Gets everything, one after another: publishers limit how often one may ask. What one endorsement needs in turn is got too.</summary>
    public async Task<ImmutableArray<CollectedEndorsement>> CollectAsync(IEnumerable<EndorsementNeed> needs, CancellationToken cancellation)
    {
        var queue = new Queue<EndorsementNeed>(needs);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var collected = ImmutableArray.CreateBuilder<CollectedEndorsement>();
        while (queue.TryDequeue(out var need))
        {
            if (!seen.Add(need.Key))
            {
                continue;
            }

            if (collected.Count == MaxNeeds)
            {
                // Said, so that nobody takes what was got for everything.
                collected.Add(new CollectedEndorsement(need, CollectedState.Missing) { Code = EndorsementCodes.TooMany, Message = $"more than {MaxNeeds} endorsements are needed; this one and any after it were not asked for" });
                break;
            }

            var got = await CollectAsync(need, cancellation).ConfigureAwait(false);
            collected.Add(got);
            foreach (var further in got.Files.SelectMany(file => EndorsementContent.Recognise(file.Content)).SelectMany(item => EndorsementNeeds.Of(item)))
            {
                queue.Enqueue(further);
            }
        }

        return collected.ToImmutable();
    }

    async Task<CollectedEndorsement> CollectAsync(EndorsementNeed need, CancellationToken cancellation)
    {
        var files = Cached(need, out var damaged);
        var got = new CollectedEndorsement(need, CollectedState.Missing)
        {
            Files = files,
            Code = damaged ? EndorsementCodes.CacheDamaged : null,
            Message = damaged ? "the cached file was altered or cut, and was not used" : null,
        };
        if (!files.IsEmpty && files.All(file => clock.GetUtcNow() - file.FetchedAt <= need.MaxAge))
        {
            return got with { State = CollectedState.Cached };
        }

        if (fetcher is null)
        {
            return files.IsEmpty
                ? got with { Code = EndorsementCodes.Missing, Message = damaged ? got.Message : "not in the cache" }
                : got with { State = CollectedState.Stale, Message = $"fetched {files[0].FetchedAt:yyyy-MM-dd}; the source was not asked" };
        }

        try
        {
            return got with { State = CollectedState.Fetched, Files = Keep(need, await fetcher.FetchAsync(need, cancellation).ConfigureAwait(false)) };
        }
        catch (EndorsementException exception)
        {
            return got with { State = files.IsEmpty ? CollectedState.Failed : CollectedState.Stale, Code = exception.Code, Message = exception.Message };
        }
    }

    ImmutableArray<CachedEndorsement> Cached(EndorsementNeed need, out bool damaged)
    {
        if (cache.Find(need.Key, out damaged) is not { } content)
        {
            return [];
        }

        if (need.ChainHeaders.Count == 0)
        {
            return [content];
        }

        var chain = cache.Find(need.ChainKey, out var chainDamaged);
        damaged |= chainDamaged;
        return chain is null ? [] : [content, chain];
    }

    ImmutableArray<CachedEndorsement> Keep(EndorsementNeed need, FetchedEndorsement fetched)
    {
        RequireKind(EndorsementContent.Recognise(fetched.Content), need.Kind, fetched.Source);
        if (need.ChainHeaders.Count == 0)
        {
            return [cache.Store(need.Key, fetched.Source, fetched.Content.Span)];
        }

        var chain = fetched.Chain ?? throw new EndorsementException(EndorsementCodes.WrongContent, $"{fetched.Source.Authority} sent no chain of who signed the answer");
        RequireKind(EndorsementContent.Recognise(chain), EndorsementKind.Certificate, fetched.Source);
        return [cache.Store(need.Key, fetched.Source, fetched.Content.Span), cache.Store(need.ChainKey, fetched.Source, chain.Span)];
    }

    static void RequireKind(List<EndorsementItem> items, EndorsementKind kind, Uri source)
    {
        if (items.Count == 0 || items.Exists(item => item.Kind != kind))
        {
            throw new EndorsementException(EndorsementCodes.WrongContent, $"{source.Authority} sent something else than what was asked for ({kind})");
        }
    }
}
