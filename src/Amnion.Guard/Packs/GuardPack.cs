using System.Text.Json;
using Amnion.Records;

namespace Amnion.Guard.Packs;

/// <summary>One set of rules; tenants and routes choose among a policy's packs.</summary>
public sealed record GuardPack
{
    /// <summary>Its name within the policy, 1 to 64 characters.</summary>
    public required string Name { get; init; }

    /// <summary>In a dry run nothing is changed or refused; what would have been is counted.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>Injections and jailbreaks; null looks for none.</summary>
    public AttackRules? Attacks { get; init; } = new();

    /// <summary>Personal data on its way in; null looks for none.</summary>
    public PersonalDataRules? PersonalData { get; init; } = new();

    /// <summary>Tools and their results; null lets results reach the engine as they are, and every call the caller.</summary>
    public ToolRules? Tools { get; init; } = new();

    /// <summary>Answers; null lets them pass unseen.</summary>
    public AnswerRules? Answer { get; init; } = new();

    internal static GuardPack Read(JsonObjectReader reader)
    {
        var pack = new GuardPack
        {
            Name = reader.Text("name", 64),
            IsDryRun = reader.Text("mode", 16) switch
            {
                "enforce" => false,
                "dry-run" => true,
                _ => throw reader.Refuse("mode", "must be \"enforce\" or \"dry-run\""),
            },
            Attacks = reader.Optional("attacks", AttackRules.Read),
            PersonalData = reader.Optional("personal_data", PersonalDataRules.Read),
            Tools = reader.Optional("tools", ToolRules.Read),
            Answer = reader.Optional("answer", AnswerRules.Read),
        };
        reader.End();
        return pack;
    }

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("name", Name);
        json.WriteString("mode", IsDryRun ? "dry-run" : "enforce");
        Attacks?.Write(json, "attacks");
        PersonalData?.Write(json, "personal_data");
        Tools?.Write(json, "tools");
        Answer?.Write(json, "answer");
        json.WriteEndObject();
    }
}
