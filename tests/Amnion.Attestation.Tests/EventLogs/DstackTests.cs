using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Amnion.Attestation.EventLogs;

namespace Amnion.Attestation.Tests.EventLogs;

/// <summary>dstack's events: both containers, the digest of runtime events, the replay.</summary>
public sealed class DstackTests
{
    static readonly byte[] s_reportData = [.. Enumerable.Repeat((byte)5, 64)];

    static readonly (string Name, byte[] Payload)[] s_events = [("system-preparing", []), ("compose-hash", [1, 2, 3]), ("system-ready", [])];

    static byte[] Digest(string name, byte[] payload) => SHA384.HashData([1, 0, 0, 8, (byte)':', .. Encoding.UTF8.GetBytes(name), (byte)':', .. payload]);

    static ImmutableSortedDictionary<int, ReadOnlyMemory<byte>> Registers(byte[]? boot = null)
    {
        var rtmr3 = s_events.Aggregate(new byte[48], (register, entry) => SHA384.HashData([.. register, .. Digest(entry.Name, entry.Payload)]));
        var rtmr0 = boot is null ? new byte[48] : SHA384.HashData([.. new byte[48], .. boot]);
        return ImmutableSortedDictionary<int, ReadOnlyMemory<byte>>.Empty.Add(0, rtmr0).Add(1, new byte[48]).Add(2, new byte[48]).Add(3, rtmr3);
    }

    static string Event(int register, uint type, string digest, string name, string payload) =>
        JsonSerializer.Serialize(new Dictionary<string, object> { ["imr"] = register, ["event_type"] = type, ["digest"] = digest, ["event"] = name, ["event_payload"] = payload });

    static byte[] Json(bool stateDigests = true, Func<string, string>? change = null)
    {
        var events = s_events.Select(entry => Event(3, DstackEvent.RuntimeType, stateDigests ? Convert.ToHexStringLower(Digest(entry.Name, entry.Payload)) : "", entry.Name, Convert.ToHexStringLower(entry.Payload)));
        var log = "[" + string.Join(',', events.Prepend(Event(0, 4, Convert.ToHexStringLower(SHA384.HashData(new byte[4])), "", "00000000"))) + "]";
        log = change?.Invoke(log) ?? log;
        return JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["quote"] = "00", ["event_log"] = log, ["report_data"] = Convert.ToHexStringLower(s_reportData), ["vm_config"] = "{}" });
    }

    static byte[] Scale(string? second = null)
    {
        byte[] Compact(int value) => value < 64 ? [(byte)(value << 2)] : [(byte)((value << 2) | 1), (byte)(value >> 6)];
        byte[] Text(string text) => [.. Compact(text.Length), .. Encoding.UTF8.GetBytes(text)];
        var bytes = new List<byte> { 0, 0, 4, 9 };
        bytes.AddRange(Compact(s_events.Length));
        foreach (var (name, payload) in s_events)
        {
            bytes.AddRange([3, 0, 0, 0, 1, 0, 0, 8, 0, .. Text(name), .. Compact(payload.Length), .. payload]);
        }

        bytes.AddRange(Compact(s_events.Length));
        foreach (var (name, payload) in s_events)
        {
            bytes.AddRange([.. Text(second ?? name), .. Compact(payload.Length), .. payload]);
        }

        bytes.AddRange([.. s_reportData, .. Text("{}")]);
        return Encoding.UTF8.GetBytes("{\"attestation\":\"" + Convert.ToHexStringLower([.. bytes]) + "\"}");
    }

    static string[] Rejected(byte[] json, ImmutableSortedDictionary<int, ReadOnlyMemory<byte>> registers, byte[]? reportData = null) =>
        [.. DstackVerifier.Verify(DstackEvidence.Parse(json), registers, reportData ?? s_reportData).Where(check => check.Rejects).Select(check => check.Code)];

    [Fact]
    public void Replays_events_with_and_without_stated_digests()
    {
        var registers = Registers(SHA384.HashData(new byte[4]));
        Assert.Empty(Rejected(Json(), registers));
        Assert.Empty(Rejected(Json(stateDigests: false), registers));
        Assert.Contains(DstackEvidence.Parse(Json()).Fields, field => field is { Name: "dstack.compose-hash", Value: "010203" });
    }

    [Fact]
    public void Replays_the_scale_container_where_it_can_and_says_where_it_cannot()
    {
        var checks = DstackVerifier.Verify(DstackEvidence.Parse(Scale()), Registers(), s_reportData);
        Assert.True(checks.AllPass());
        Assert.Equal(3, checks.Count(check => check is { Code: EventLogCodes.ReplayMismatch, Outcome: CheckOutcome.Skip }));
    }

    [Fact]
    public void Refuses_a_changed_payload_whatever_digest_is_stated()
    {
        var registers = Registers(SHA384.HashData(new byte[4]));
        var changed = Json(change: log => log.Replace("010203", "010204", StringComparison.Ordinal));
        Assert.Equal([EventLogCodes.RuntimeDigest, EventLogCodes.ReplayMismatch], Rejected(changed, registers));
        Assert.Equal([EventLogCodes.DigestNotOfData], Rejected(Json(change: log => log.Replace("00000000", "00000001", StringComparison.Ordinal)), registers));
    }

    [Fact]
    public void Refuses_registers_and_report_data_that_are_not_the_quotes()
    {
        var registers = Registers(SHA384.HashData(new byte[4]));
        Assert.Equal([EventLogCodes.ReplayMismatch], Rejected(Json(), registers.SetItem(3, new byte[48])));
        Assert.Equal([EventLogCodes.ReplayMismatch], Rejected(Json(), registers.SetItem(1, Enumerable.Repeat((byte)1, 48).ToArray())));
        Assert.Equal([EventLogCodes.StatedValue], Rejected(Json(), registers, new byte[64]));
    }

    [Theory]
    [InlineData("\"imr\":3", "\"imr\":2")]
    [InlineData("\"imr\":0", "\"imr\":3")]
    [InlineData("\"imr\":0", "\"imr\":4")]
    [InlineData("\"event\":\"\"", "\"events\":\"\"")]
    [InlineData("\"event_type\":4", "\"event_type\":-1")]
    public void Refuses_events_out_of_their_place(string replace, string with) =>
        Assert.False(DstackEvidence.TryParse(Json(change: log => log.Replace(replace, with, StringComparison.Ordinal)), out _));

    [Fact]
    public void Refuses_a_runtime_event_whose_name_could_end_elsewhere()
    {
        // "compose-hash" with the payload "a:b" has the digest of "compose-hash:a" with the payload "b".
        Assert.Equal(Digest("compose-hash", "a:b"u8.ToArray()), Digest("compose-hash:a", "b"u8.ToArray()));
        Assert.False(DstackEvidence.TryParse(Json(change: log => log.Replace("compose-hash", "compose-hash:", StringComparison.Ordinal)), out _));
        Assert.False(DstackEvidence.TryParse(Json(stateDigests: false, change: log => log.Replace("compose-hash", ":", StringComparison.Ordinal)), out _));
    }

    [Fact]
    public void Refuses_a_scale_container_whose_two_lists_differ_or_that_is_cut()
    {
        Assert.False(DstackEvidence.TryParse(Scale("another-event-000"), out _));
        var whole = Encoding.UTF8.GetString(Scale());
        for (var cut = 2; cut < whole.Length - 20; cut += 10)
        {
            Assert.False(DstackEvidence.TryParse(Encoding.UTF8.GetBytes(whole[..^(2 + cut)] + "\"}"), out _));
        }
    }
}
