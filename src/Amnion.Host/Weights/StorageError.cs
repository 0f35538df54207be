using System.Text.RegularExpressions;

namespace Amnion.Host;

/// <summary>What a storage service says about a refused request: the word in the XML's Code element, and the bucket's region.</summary>
static partial class StorageError
{
    /// <summary>Bytes of an error read.</summary>
    const int MaxLength = 4096;

    /// <summary>Both are words of a service's own, checked for their form, and go to a terminal.</summary>
    public static async Task<(string? Code, string? Region)> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var buffer = new byte[MaxLength];
        var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            var read = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            var code = CodeElement().Match(System.Text.Encoding.Latin1.GetString(buffer, 0, read));
            var region = response.Headers.TryGetValues("x-amz-bucket-region", out var values) ? values.FirstOrDefault() : null;
            return (code.Success ? code.Groups[1].Value : null, region is not null && RegionName().IsMatch(region) ? region : null);
        }
    }

    [GeneratedRegex("<Code>([A-Za-z.]{1,64})</Code>", RegexOptions.CultureInvariant)]
    private static partial Regex CodeElement();

    [GeneratedRegex("^[a-z0-9-]{1,32}$", RegexOptions.CultureInvariant)]
    private static partial Regex RegionName();
}
