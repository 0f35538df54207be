using Amnion.Records;

namespace Amnion.Guard.Packs;

/// <summary>How channels and actions are spelled in policies, receipts and reports.</summary>
public static class PolicyNames
{
    /// <summary>A channel's name.</summary>
    public static string Of(GuardChannel channel) => channel switch
    {
        GuardChannel.System => "system",
        GuardChannel.User => "user",
        GuardChannel.Document => "document",
        GuardChannel.Tool => "tool",
        _ => "answer",
    };

    /// <summary>An action's name.</summary>
    public static string Of(GuardAction action) => action switch
    {
        GuardAction.Allow => "allow",
        GuardAction.Flag => "flag",
        GuardAction.Redact => "redact",
        _ => "block",
    };

    internal static GuardAction Action(JsonObjectReader reader, string member, params ReadOnlySpan<GuardAction> allowed)
    {
        var text = reader.Text(member, 16);
        foreach (var action in allowed)
        {
            if (Of(action) == text)
            {
                return action;
            }
        }

        var names = new List<string>();
        foreach (var action in allowed)
        {
            names.Add(Of(action));
        }

        throw reader.Refuse(member, $"must be one of {string.Join(", ", names)}");
    }
}
