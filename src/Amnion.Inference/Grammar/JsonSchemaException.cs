namespace Amnion.Inference;

/// <summary>A JSON schema that cannot become a grammar. Keyword and pointer are the caller's own text: for its answer, not for logs.</summary>
public sealed class JsonSchemaException : FormatException
{
    internal JsonSchemaException(string code, string keyword, string pointer)
        : base($"The JSON schema cannot become a grammar ({code}).")
    {
        Code = code;
        Keyword = keyword;
        Pointer = pointer;
    }

    /// <summary><see cref="InferenceCodes.SchemaUnsupported"/>, <see cref="InferenceCodes.SchemaTooLarge"/> or <see cref="InferenceCodes.SchemaMalformed"/>.</summary>
    public string Code { get; }

    /// <summary>The keyword that is to blame, for instance "pattern".</summary>
    public string Keyword { get; }

    /// <summary>Where it stands: a JSON pointer (RFC 6901) into the schema.</summary>
    public string Pointer { get; }
}
