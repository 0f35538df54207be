namespace Amnion.Models.Chat;

/// <summary>A model cannot be used for chat: its template is unknown, or its vocabulary would let text forge control tokens.</summary>
public sealed class ChatTemplateException(string code, string message) : Exception($"{message} ({code})")
{
    /// <summary>The stable code, one of <see cref="ModelCodes"/>.</summary>
    public string Code { get; } = code;
}
