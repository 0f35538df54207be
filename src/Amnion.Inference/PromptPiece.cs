namespace Amnion.Inference;

/// <summary>
/// A part of a prompt. Only pieces that the chat template wrote are special: in them "&lt;|im_start|&gt;" is the control token,
/// in all others it is plain text, so no caller can write a template's tokens.
/// </summary>
/// <param name="Text">The text.</param>
/// <param name="Special">True where control tokens written out in the text are meant.</param>
public sealed record PromptPiece(string Text, bool Special)
{
    /// <summary>Never the text: prompts do not belong in logs.</summary>
    public override string ToString() => $"PromptPiece {{ Special = {Special} }}";
}
