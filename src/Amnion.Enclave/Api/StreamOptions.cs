namespace Amnion.Enclave.Api;

/// <summary>OpenAI's stream_options.</summary>
static class StreamOptions
{
    /// <summary>True where the stream is to end with usage. "include_obfuscation" is passed over: every chunk is padded already.</summary>
    public static bool Read(ApiObject request, bool stream)
    {
        if (request.Object("stream_options") is not { } options)
        {
            return false;
        }

        if (!stream)
        {
            throw new ApiException(ApiError.Invalid("stream_options", "is only allowed with 'stream'"));
        }

        var includeUsage = options.Flag("include_usage") ?? false;
        options.Accept("include_obfuscation");
        options.End();
        return includeUsage;
    }
}
