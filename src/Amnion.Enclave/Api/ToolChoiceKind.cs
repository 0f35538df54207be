namespace Amnion.Enclave.Api;

/// <summary>OpenAI's tool_choice.</summary>
enum ToolChoiceKind
{
    /// <summary>Text only.</summary>
    None,

    /// <summary>The model decides.</summary>
    Auto,

    /// <summary>At least one call.</summary>
    Required,

    /// <summary>A call of one named tool.</summary>
    Named,
}
