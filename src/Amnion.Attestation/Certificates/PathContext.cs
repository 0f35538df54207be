using System.Collections.Immutable;

namespace Amnion.Attestation.Certificates;

/// <summary>What a path is verified against.</summary>
sealed record PathContext
{
    string? _validText;
    ImmutableArray<(RevocationList? List, string? Problem)> _lists;

    /// <summary>Roots accepted; the path must begin with one of them.</summary>
    public required ImmutableArray<TrustAnchor> Anchors { get; init; }

    public required DateTimeOffset At
    {
        get;
        init
        {
            field = value;
            _validText = null;
        }
    }

    public ImmutableArray<ReadOnlyMemory<byte>> RevocationLists
    {
        get;
        init
        {
            field = value;
            _lists = default;
        }
    } = [];

    public ImmutableHashSet<CertificateId> Revoked { get; init; } = [];

    public AppraisalCache? Cache { get; init; }

    /// <summary><see cref="At"/> in the words of checks; several paths are verified at one time.</summary>
    public string ValidText => _validText ??= "valid at " + Instant.Text(At);

    /// <summary><see cref="RevocationLists"/> as read, each a list or what is wrong with it; several paths are compared with the same ones.</summary>
    public ImmutableArray<(RevocationList? List, string? Problem)> Lists
    {
        get
        {
            if (_lists.IsDefault)
            {
                _lists = [.. RevocationLists.Select(Read)];
            }

            return _lists;
        }
    }

    /// <summary>The policy's trust anchors and the appraisal's lists, revocations, cache and time.</summary>
    public static PathContext From(AppraisalPolicy policy, AppraisalContext context) => new()
    {
        Anchors = policy.Words.Anchors,
        At = context.Now,
        RevocationLists = context.Endorsements.RevocationLists,
        Revoked = context.Revoked,
        Cache = context.Cache,
    };

    (RevocationList? List, string? Problem) Read(ReadOnlyMemory<byte> encoded)
    {
        try
        {
            return (RevocationList.Parse(encoded, Cache), null);
        }
        catch (CertificateFormatException exception)
        {
            return (null, exception.Message);
        }
    }
}
