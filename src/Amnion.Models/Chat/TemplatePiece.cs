namespace Amnion.Models.Chat;

/// <summary>A piece of a rendered conversation.</summary>
/// <param name="Text">The text, not empty.</param>
/// <param name="Special">
/// True for exactly one control token, to be looked up as such; false for text, which must be tokenised with the parsing of
/// special tokens off. Content of turns is only ever in pieces that are not special, so it cannot forge a turn.
/// </param>
public readonly record struct TemplatePiece(string Text, bool Special);
