using System.Net.Http.Headers;

namespace Amnion.Host;

/// <summary>By what an object is recognised when a transfer is resumed: a strong entity tag, or else a date that is strong (RFC 9110 §8.8).</summary>
/// <param name="Tag">Strong entity tag, or null.</param>
/// <param name="Modified">Last-Modified where it is strong and there is no tag; or null.</param>
sealed record ObjectVersion(EntityTagHeaderValue? Tag, DateTimeOffset? Modified)
{
    // RFC 9110 §8.8.2.2: a date in the second of the answer itself could be followed by another change in that second.
    static readonly TimeSpan s_strongAge = TimeSpan.FromSeconds(1);

    /// <summary>True where the object can be recognised again.</summary>
    public bool IsStrong => Tag is not null || Modified is not null;

    public static ObjectVersion Of(HttpResponseMessage response)
    {
        if (response.Headers.ETag is { IsWeak: false } tag)
        {
            return new ObjectVersion(tag, null);
        }

        return response.Content.Headers.LastModified is { } modified && response.Headers.Date is { } date && date - modified >= s_strongAge
            ? new ObjectVersion(null, modified)
            : new ObjectVersion(null, null);
    }

    /// <summary>True where a later answer is of the same object.</summary>
    public bool IsSame(HttpResponseMessage response) => Tag is not null
        ? response.Headers.ETag is { IsWeak: false } tag && tag.Tag == Tag.Tag
        : Modified is not null && response.Content.Headers.LastModified == Modified;

    /// <summary>
    /// Asks for the same object only. Both ways to say it are sent: with If-Match a server refuses, with If-Range it answers the whole of
    /// what it has now. S3 knows the first, plain web servers the second.
    /// </summary>
    public void Require(HttpRequestMessage request)
    {
        if (Tag is not null)
        {
            request.Headers.IfMatch.Add(Tag);
            request.Headers.IfRange = new RangeConditionHeaderValue(Tag);
        }
        else if (Modified is { } modified)
        {
            request.Headers.IfUnmodifiedSince = modified;
            request.Headers.IfRange = new RangeConditionHeaderValue(modified);
        }
    }
}
