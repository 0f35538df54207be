using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Amnion.Attestation.EventLogs;

/// <summary>Names, values and meanings of dstack's events. Runtime events are found by name as "dstack.NAME", where a name occurs once.</summary>
static class DstackFields
{
    public static ImmutableArray<EvidenceField> Of(DstackEvidence evidence)
    {
        var fields = ImmutableArray.CreateBuilder<EvidenceField>();
        foreach (var entry in evidence.Events.Where(entry => entry.IsRuntime).GroupBy(entry => entry.Name, StringComparer.Ordinal).Where(group => group.Count() == 1 && IsName(group.Key)).Select(group => group.Single()))
        {
            fields.Add(new EvidenceField("dstack." + entry.Name, Convert.ToHexStringLower(entry.Payload.Span), Meaning(entry.Name)));
        }

        for (var i = 0; i < evidence.Events.Length; i++)
        {
            var entry = evidence.Events[i];
            var name = string.Create(CultureInfo.InvariantCulture, $"event.{i}.");

            // Without the boot events RTMR 0 to 2 are not replayed, and nothing vouches for what stands here of them.
            var isRemark = entry.Register < 3 && !evidence.HasBootEvents;
            fields.Add(new EvidenceField(name + "register", entry.Register.ToString(CultureInfo.InvariantCulture), "runtime measurement register that was extended") { IsRemark = isRemark });
            fields.Add(new EvidenceField(name + "type", LogEventType.Name(entry.Type), LogEventType.Meaning(entry.Type)) { IsRemark = true });
            fields.Add(new EvidenceField(name + "sha384", Convert.ToHexStringLower(entry.Digest.Span), "digest that extended the register") { IsRemark = isRemark });
        }

        return fields.ToImmutable();
    }

    static string Meaning(string name) => name switch
    {
        "app-id" => "identifier of the application, derived from its first configuration",
        "compose-hash" => "SHA-256 of the application's configuration: containers, permissions",
        "instance-id" => "identifier of this instance",
        "key-provider" => "who provides the application's keys",
        "os-image-hash" => "SHA-256 of the operating system's image",
        "storage-fs" => "file system of the encrypted disk",
        "system-preparing" or "boot-mr-done" or "system-ready" => "a step of starting",
        _ => "an event that the application measured itself",
    };

    static bool IsName(string name) => name.Length is > 0 and <= 64 && Encoding.UTF8.GetByteCount(name) == name.Length && !name.AsSpan().ContainsAnyExceptInRange('!', '~');
}
