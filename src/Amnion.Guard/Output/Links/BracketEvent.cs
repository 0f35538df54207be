namespace Amnion.Guard.Output.Links;

/// <summary>What a bracket has opened.</summary>
enum BracketEvent
{
    None,

    /// <summary>"](": the destination of a link or an image follows.</summary>
    Destination,

    /// <summary>"[label]:": the destination of a reference definition follows.</summary>
    Definition,
}
