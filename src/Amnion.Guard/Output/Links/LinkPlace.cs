namespace Amnion.Guard.Output.Links;

/// <summary>Where in an answer a URL stands: it decides what ends it, what is undone before it is read, and whether it is fetched.</summary>
enum LinkPlace
{
    /// <summary>In running text, as renderers link it by themselves.</summary>
    Bare,

    /// <summary>In the parentheses of a Markdown link or image.</summary>
    Destination,

    /// <summary>In angle brackets: an autolink, or a Markdown destination written so.</summary>
    Angle,

    /// <summary>In a Markdown link reference definition.</summary>
    Definition,

    /// <summary>In an attribute of an HTML tag.</summary>
    Attribute,

    /// <summary>In url() of a style sheet.</summary>
    Style,

    /// <summary>In a terminal hyperlink (OSC 8).</summary>
    Terminal,
}
