namespace Amnion.Inference;

/// <summary>Whether a model may, must or must not call tools.</summary>
public enum ToolDemand
{
    /// <summary>It must not.</summary>
    None,

    /// <summary>It may.</summary>
    Auto,

    /// <summary>It must call at least one.</summary>
    Required,

    /// <summary>It must call the named one.</summary>
    Named,
}
