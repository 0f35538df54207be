namespace Amnion.Host;

/// <summary>One answer's body, from the byte that was asked for.</summary>
/// <param name="Response">The answer; owned.</param>
/// <param name="Content">Its body.</param>
/// <param name="Version">By what the object is recognised.</param>
/// <param name="Skip">Bytes to read over first: what the transfer has already, where a server knows no ranges.</param>
/// <param name="EndIsCertain">True where the protocol marks the body's end, so that an early one is the object's length and no broken connection.</param>
sealed record ObjectBody(HttpResponseMessage Response, Stream Content, ObjectVersion Version, long Skip, bool EndIsCertain) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await Content.DisposeAsync().ConfigureAwait(false);
        Response.Dispose();
    }
}
