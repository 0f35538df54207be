using System.Collections.Immutable;
using Amnion.Attestation.EventLogs;

namespace Amnion.Attestation.Tests.EventLogs;

/// <summary>What is read of an event log, what is refused, and what replaying it gives.</summary>
public sealed class EventLogTests
{
    static readonly Guid s_global = new("8be4df61-93ca-11d2-aa0d-00e098032b8c");

    static readonly byte[] s_separator = new byte[4];

    static TestLog Boot() => new TestLog()
        .Add(0, 8, "version"u8.ToArray())
        .Add(7, TestLog.VariableDriverConfig, TestLog.Variable(s_global, "SecureBoot", [1]))
        .Add(7, TestLog.Separator, s_separator)
        .Add(4, TestLog.EfiAction, "Calling EFI Application from Boot Option");

    static ImmutableSortedDictionary<int, ReadOnlyMemory<byte>> Registers(TestLog log, int algorithm) =>
        log.Registers.Where(pair => pair.Key.Algorithm == algorithm).ToImmutableSortedDictionary(pair => (int)pair.Key.Register, pair => (ReadOnlyMemory<byte>)pair.Value);

    static string[] Rejected(TestLog log, ImmutableSortedDictionary<int, ReadOnlyMemory<byte>>? registers = null, int algorithm = TestLog.Sha256) =>
        [.. EventLogVerifier.Verify(EventLog.Parse(log.Bytes), algorithm, registers ?? Registers(log, algorithm)).Where(check => check.Rejects).Select(check => check.Code)];

    [Fact]
    public void Secure_boot_is_what_the_firmware_measured_and_nobody_later()
    {
        var vendor = new Guid("8be4df61-93ca-11d2-aa0d-00e098032b8c");
        byte[] on = TestLog.Variable(vendor, "SecureBoot", [1]);
        byte[] off = TestLog.Variable(vendor, "SecureBoot", [0]);
        Assert.True(Read(log => log.Add(7, TestLog.VariableDriverConfig, on)));
        Assert.False(Read(log => log.Add(7, TestLog.VariableDriverConfig, off)));
        Assert.False(Read(log => log.Add(14, TestLog.VariableDriverConfig, on).Add(7, TestLog.VariableDriverConfig, off)));
        Assert.Null(Read(log => log.Add(14, TestLog.VariableDriverConfig, on)));
        Assert.Null(Read(log => log.Add(7, TestLog.VariableDriverConfig, off).Add(7, TestLog.VariableDriverConfig, on)));
        Assert.True(Read(log => log.Add(1, TestLog.VariableDriverConfig, on), EventLogKind.ConfidentialComputing));

        static bool? Read(Func<TestLog, TestLog> fill, EventLogKind kind = EventLogKind.Tpm) =>
            EventLog.Parse(fill(new TestLog()).Add(kind == EventLogKind.Tpm ? 7u : 1u, TestLog.Separator, s_separator).Bytes).SecureBoot(kind);
    }

    [Fact]
    public void A_guest_cannot_hide_what_the_firmware_measured_and_say_secure_boot_itself()
    {
        byte[] on = TestLog.Variable(s_global, "SecureBoot", [1]);
        byte[] off = TestLog.Variable(s_global, "SecureBoot", [0]);

        // The firmware's event under another type, with its data or without, and one of the guest's own behind the separator, which is relabelled too.
        Assert.False(SecureBoot(new TestLog().Add(7, TestLog.Ipl, off).Add(7, TestLog.Separator, s_separator).Add(7, TestLog.VariableDriverConfig, on)));
        Assert.Null(SecureBoot(new TestLog().Add(7, TestLog.Ipl, [1], measured: off).Add(7, TestLog.Separator, s_separator).Add(7, TestLog.VariableDriverConfig, on)));
        Assert.Null(SecureBoot(new TestLog().Add(7, TestLog.Ipl, [1], measured: off).Add(7, TestLog.Ipl, [1], measured: s_separator).Add(7, TestLog.VariableDriverConfig, on).Add(7, TestLog.Separator, s_separator)));
        Assert.Null(SecureBoot(new TestLog().Add(7, TestLog.VariableDriverConfig, on)));

        static bool? SecureBoot(TestLog log) => EventLog.Parse(log.Bytes).SecureBoot(EventLogKind.Tpm);
    }

    [Fact]
    public void A_detail_that_is_no_remark_has_nothing_but_what_the_digest_covers()
    {
        var entry = TestLog.Variable(s_global, "Boot0000", [1, 2, 3]);
        var renamed = TestLog.Variable(s_global, "Boot0001", [1, 2, 3]);
        Assert.Equal("010203", Detail(TestLog.VariableBoot, entry, [1, 2, 3]));
        Assert.Equal("010203", Detail(TestLog.VariableBoot, renamed, [1, 2, 3]));
        Assert.Equal("linux /vmlinuz", Detail(TestLog.Ipl, "grub_cmd: linux /vmlinuz\0"u8.ToArray(), "linux /vmlinuz"u8.ToArray()));
        Assert.Equal("linux /vmlinuz", Detail(TestLog.Ipl, "kernel_cmdline: linux /vmlinuz"u8.ToArray(), "linux /vmlinuz"u8.ToArray()));
        Assert.Equal("8be4df61-93ca-11d2-aa0d-00e098032b8c-Boot0000 = 0102", Detail(TestLog.VariableAuthority, entry, entry[..^1]));
        Assert.Equal("8be4df61-93ca-11d2-aa0d-00e098032b8c-Boot0000 = 010203", Detail(TestLog.VariableBoot, entry, entry));

        // The type decides nothing.
        Assert.Equal("8be4df61-93ca-11d2-aa0d-00e098032b8c-Boot0000 = 010203", Detail(TestLog.Ipl, entry, entry));
        Assert.Equal(Detail(TestLog.Separator, s_separator, s_separator), Detail(TestLog.Ipl, s_separator, s_separator));

        static string Detail(uint type, byte[] data, byte[] measured)
        {
            var fields = EventLog.Parse(new TestLog().Add(9, type, data, measured).Bytes).FieldsOf(EventLogKind.Tpm, TestLog.Sha256);
            Assert.True(fields.Single(field => field.Name == "event.0.text").IsRemark);
            return fields.Single(field => field is { Name: "event.0.detail", IsRemark: false }).Value;
        }
    }

    [Fact]
    public void An_attester_does_not_choose_which_register_speaks_for_secure_boot()
    {
        var on = TestLog.Variable(s_global, "SecureBoot", [1]);

        // A TPM's log with registers of a CC log only, and a CC log with one event in a register that only TPMs have.
        Assert.Null(EventLog.Parse(new TestLog().Add(1, TestLog.VariableDriverConfig, on).Bytes).SecureBoot(EventLogKind.Tpm));
        Assert.Null(EventLog.Parse(new TestLog().Add(7, TestLog.VariableDriverConfig, on).Bytes).SecureBoot(EventLogKind.ConfidentialComputing));
        var log = EventLog.Parse(new TestLog().Add(1, TestLog.VariableDriverConfig, on).Add(1, TestLog.Separator, s_separator).Bytes);
        Assert.DoesNotContain(log.FieldsOf(EventLogKind.Tpm, TestLog.Sha256), field => field.Name == "log.secure_boot");
        Assert.Contains(log.FieldsOf(EventLogKind.ConfidentialComputing, TestLog.Sha384), field => field is { Name: "log.secure_boot", Value: "true", IsRemark: false });
    }

    [Fact]
    public void Only_what_the_replayed_bank_covers_is_more_than_a_remark()
    {
        var log = EventLog.Parse(Boot().Add(0, TestLog.NoAction, "note"u8.ToArray()).Bytes);
        var fields = log.FieldsOf(EventLogKind.Tpm, TestLog.Sha256).ToDictionary(field => field.Name, field => field.IsRemark);
        Assert.False(fields["event.0.sha256"]);
        Assert.True(fields["event.0.sha384"]);
        Assert.False(fields["event.3.register"]);
        Assert.True(fields["event.4.register"]);
        Assert.True(fields["event.4.sha256"]);
        Assert.True(fields["log.events"]);
        Assert.True(log.FieldsOf(EventLogKind.Tpm, TestLog.Sha384).Single(field => field.Name == "event.0.sha256").IsRemark);
        Assert.All(log.Fields, field => Assert.True(field.IsRemark));
    }

    [Fact]
    public void Reads_a_long_log_once_however_much_it_looks_like_padding()
    {
        var bytes = new byte[EventLog.MaxLength];
        bytes[^1] = 1;
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.Contains("events", Assert.Throws<EventLogFormatException>(() => EventLog.Parse(bytes)).Message, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 2);
    }

    [Fact]
    public void A_log_of_many_small_events_takes_no_more_of_a_cache_than_four_times_its_capacity()
    {
        // 16384 events of 32 bytes: half a megabyte, of which a cache that went by the length would keep seven.
        var cache = new AppraisalCache();
        for (uint i = 0; i < 7; i++)
        {
            var first = TestLog.Old(1, i, new byte[20], []);
            byte[] log = [.. first, .. Enumerable.Repeat(TestLog.Old(2, 13, new byte[20], []), EventLog.MaxEvents - 2).SelectMany(entry => entry), .. TestLog.Old(3, 5, [.. Enumerable.Repeat((byte)1, 20)], [1])];
            Assert.Equal(EventLog.MaxEvents, EventLog.Read(log, cache).Events.Length);
            Assert.InRange(cache.Count, 0, 1);
        }
    }

    [Fact]
    public void A_remembered_log_is_parsed_and_replayed_once()
    {
        var cache = new AppraisalCache();
        var bytes = Boot().Bytes;
        var log = EventLog.Read(bytes, cache);
        Assert.Same(log, EventLog.Read(Boot().Bytes, cache));
        Assert.NotSame(log, EventLog.Read(bytes, null));
        Assert.Same(log.Replay(TestLog.Sha256), log.Replay(TestLog.Sha256));
        Assert.True(log.FieldsOf(EventLogKind.Tpm, TestLog.Sha256) == log.FieldsOf(EventLogKind.Tpm, TestLog.Sha256));
        Assert.True(EventLogVerifier.VerifyDigests(log) == EventLogVerifier.VerifyDigests(log));
        bytes.AsSpan().Clear();
        Assert.Equal(Boot().Registers[(TestLog.Sha256, 0)], log.Replay(TestLog.Sha256)[0].ToArray());
        Assert.Equal("EV_EFI_ACTION", log.Events[3].TypeName);
        Assert.Equal("Calling EFI Application from Boot Option", log.Events[3].Detail);
    }

    [Fact]
    public void A_text_that_no_digest_covers_is_a_remark()
    {
        var fields = EventLog.Parse(new TestLog().Add(9, TestLog.Ipl, "/boot/good-initrd.img"u8.ToArray(), "evil"u8.ToArray()).Bytes).FieldsOf(EventLogKind.Tpm, TestLog.Sha256);
        Assert.True(fields.Single(field => field.Name.EndsWith(".detail", StringComparison.Ordinal)).IsRemark);
        Assert.True(fields.Single(field => field.Name.EndsWith(".type", StringComparison.Ordinal)).IsRemark);
        Assert.False(fields.Single(field => field.Name.EndsWith(".sha256", StringComparison.Ordinal)).IsRemark);
    }

    [Fact]
    public void Replays_every_bank_to_its_registers()
    {
        var boot = Boot();
        var log = EventLog.Parse(boot.Bytes);
        Assert.True(log.IsCryptoAgile);
        Assert.Equal([TestLog.Sha256, TestLog.Sha384], log.Algorithms);
        foreach (var algorithm in log.Algorithms)
        {
            var replayed = log.Replay(algorithm);
            Assert.Equal([0, 4, 7], replayed.Keys);
            Assert.All(replayed, register => Assert.Equal(boot.Registers[(algorithm, (uint)register.Key)], register.Value.ToArray()));
            Assert.Empty(Rejected(boot, algorithm: algorithm));
        }

        Assert.Throws<ArgumentException>(() => log.Replay(TestLog.Sha1));
    }

    [Fact]
    public void Says_what_events_mean_and_whether_secure_boot_was_on()
    {
        var log = EventLog.Parse(Boot().Bytes);
        Assert.True(log.SecureBoot(EventLogKind.Tpm));
        Assert.Equal("8be4df61-93ca-11d2-aa0d-00e098032b8c-SecureBoot = 01", log.Events[1].Detail);
        Assert.Equal("EV_EFI_ACTION", log.Events[3].TypeName);
        Assert.Equal("Calling EFI Application from Boot Option", log.Events[3].Detail);
        Assert.Contains(log.FieldsOf(EventLogKind.Tpm, TestLog.Sha256), field => field is { Name: "log.secure_boot", Value: "true" });
        Assert.All(log.Fields, field => Assert.NotEmpty(field.Meaning));
        Assert.False(EventLog.Parse(new TestLog().Add(7, TestLog.VariableDriverConfig, TestLog.Variable(s_global, "SecureBoot", [])).Add(7, TestLog.Separator, s_separator).Bytes).SecureBoot(EventLogKind.Tpm));
        Assert.Null(EventLog.Parse(new TestLog().Add(7, TestLog.VariableDriverConfig, TestLog.Variable(s_global, "SecureBoot", [1]), measured: [0]).Add(7, TestLog.Separator, s_separator).Bytes).SecureBoot(EventLogKind.Tpm));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(4)]
    public void Register_0_starts_from_the_locality_that_the_log_states(byte locality)
    {
        var log = new TestLog().Add(0, TestLog.NoAction, [.. "StartupLocality\0"u8, locality]).Add(0, 8, "version"u8.ToArray(), start: locality);
        Assert.Equal(locality, EventLog.Parse(log.Bytes).Locality);
        Assert.Empty(Rejected(log));
    }

    [Fact]
    public void Refuses_a_locality_that_cannot_be_or_comes_twice_or_too_late()
    {
        byte[] note = [.. "StartupLocality\0"u8, 3];
        Assert.False(EventLog.TryParse(new TestLog().Add(0, TestLog.NoAction, [.. "StartupLocality\0"u8, 1]).Bytes, out _));
        Assert.False(EventLog.TryParse(new TestLog().Add(0, TestLog.NoAction, note).Add(0, TestLog.NoAction, note).Bytes, out _));
        Assert.False(EventLog.TryParse(new TestLog().Add(0, 8, "version").Add(0, TestLog.NoAction, note).Bytes, out _));
        Assert.True(EventLog.TryParse(new TestLog().Add(7, TestLog.Separator, s_separator).Add(0, TestLog.NoAction, note).Bytes, out _));
    }

    [Fact]
    public void Names_the_register_whose_replay_differs()
    {
        var boot = Boot();
        var registers = Registers(boot, TestLog.Sha256).SetItem(4, new byte[32]);
        var failed = EventLogVerifier.Verify(EventLog.Parse(boot.Bytes), TestLog.Sha256, registers).Single(check => check.Rejects);
        Assert.Equal(EventLogCodes.ReplayMismatch, failed.Code);
        Assert.StartsWith("register 4:", failed.Name, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_events_of_registers_that_were_not_quoted_and_registers_without_events()
    {
        var boot = Boot();
        Assert.Equal([EventLogCodes.RegisterNotQuoted], Rejected(boot, Registers(boot, TestLog.Sha256).Remove(4)));
        Assert.Equal([EventLogCodes.RegisterNotInLog], Rejected(boot, Registers(boot, TestLog.Sha256).Add(2, Enumerable.Repeat((byte)7, 32).ToArray())));
        Assert.Empty(Rejected(boot, Registers(boot, TestLog.Sha256).Add(2, new byte[32])));
        Assert.Equal([EventLogCodes.BankMissing], Rejected(boot, algorithm: TestLog.Sha1));
    }

    [Theory]
    [InlineData(TestLog.Separator)]
    [InlineData(TestLog.EfiAction)]
    [InlineData(0x80000006)]
    [InlineData(TestLog.VariableDriverConfig)]
    [InlineData(0x8u)]
    public void Refuses_a_digest_that_is_not_of_its_data_where_the_type_says_so(uint type)
    {
        var log = new TestLog().Add(5, type, [0, 0, 0, 0], measured: [1, 0, 0, 0]);
        Assert.Equal([EventLogCodes.DigestNotOfData], Rejected(log));
    }

    [Fact]
    public void Finds_what_a_digest_covers_where_the_type_leaves_it_open()
    {
        var entry = TestLog.Variable(s_global, "Boot0000", [1, 2, 3]);
        var log = new TestLog()
            .Add(1, TestLog.VariableBoot, entry, measured: [1, 2, 3])
            .Add(1, TestLog.VariableBoot, entry)
            .Add(7, TestLog.VariableAuthority, entry, measured: entry[..^1])
            .Add(8, TestLog.Ipl, "grub_cmd: linux /vmlinuz\0"u8.ToArray(), measured: "linux /vmlinuz"u8.ToArray())
            .Add(9, TestLog.Ipl, "/vmlinuz\0"u8.ToArray(), measured: [4]);
        var covered = EventLog.Parse(log.Bytes).Events.Select(entry => entry.Coverage);
        Assert.Equal([EventCoverage.VariableValue, EventCoverage.Data, EventCoverage.DataWithoutLastByte, EventCoverage.TextAfterColon, EventCoverage.None], covered);
        Assert.Empty(Rejected(log));
    }

    [Fact]
    public void Refuses_notes_that_carry_a_digest()
    {
        var bytes = new TestLog(TestLog.Sha256).Add(0, TestLog.NoAction, [1]).Bytes;
        bytes[^6] = 1;
        var failed = EventLogVerifier.VerifyDigests(EventLog.Parse(bytes)).Where(check => check.Rejects).Select(check => check.Code);
        Assert.Equal([EventLogCodes.NoActionDigest], failed);
    }

    [Fact]
    public void Reads_the_older_format_and_its_one_bank()
    {
        byte[] digest = [.. Enumerable.Range(0, 20).Select(i => (byte)i)];
        byte[] bytes = [.. TestLog.Old(0, 8, digest, [1, 2]), .. TestLog.Old(4, 4, digest, [0, 0, 0, 0])];
        var log = EventLog.Parse(bytes);
        Assert.False(log.IsCryptoAgile);
        Assert.Equal([TestLog.Sha1], log.Algorithms);
        Assert.Equal([0, 4], log.Replay(TestLog.Sha1).Keys);
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0xff)]
    public void Ends_at_the_padding_of_a_table_and_refuses_anything_in_it(byte padding)
    {
        var bytes = Boot().Bytes;
        byte[] padded = [.. bytes, .. Enumerable.Repeat(padding, 500)];
        Assert.Equal(500, EventLog.Parse(padded).Padding);
        padded[^100] ^= 1;
        Assert.False(EventLog.TryParse(padded, out _));
    }

    [Fact]
    public void Refuses_every_truncation_within_an_event()
    {
        var bytes = Boot().Bytes;
        var ends = new HashSet<int>();
        for (var length = 1; length < bytes.Length; length++)
        {
            if (EventLog.TryParse(bytes.AsSpan(0, length), out var log) && log.Padding == 0)
            {
                ends.Add(length);
            }
        }

        // A cut between events is a shorter log, which its replay gives away.
        Assert.Equal(4, ends.Count);
    }

    [Fact]
    public void Refuses_a_header_of_another_version_or_with_bytes_behind()
    {
        Assert.False(EventLog.TryParse(new TestLog().Header(major: 3), out _));
        Assert.False(EventLog.TryParse(new TestLog().Header(vendor: 1), out _));
        Assert.False(EventLog.TryParse(new TestLog(TestLog.Sha256, TestLog.Sha256).Header(), out _));
        Assert.True(EventLog.TryParse(new TestLog().Header(), out _));
    }

    [Fact]
    public void Refuses_registers_sizes_and_counts_beyond_the_limits()
    {
        Assert.False(EventLog.TryParse(new TestLog().Add(32, 8, "x").Bytes, out _));
        Assert.True(EventLog.TryParse(new TestLog().Add(0xffffffff, TestLog.NoAction, [1]).Bytes, out _));
        var bytes = new TestLog(TestLog.Sha256).Add(0, 8, "x").Bytes;
        TestLog.U32(EventLog.MaxEventLength + 1).CopyTo(bytes, bytes.Length - 5);
        Assert.Contains("eventSize", Assert.Throws<EventLogFormatException>(() => EventLog.Parse(bytes)).Field, StringComparison.Ordinal);
        Assert.Throws<EventLogFormatException>(() => EventLog.Parse(new byte[EventLog.MaxLength + 1]));
    }

    [Fact]
    public void Reads_the_table_that_announces_a_log()
    {
        byte[] table = [.. "CCEL"u8, .. TestLog.U32(56), 1, 0, .. new byte[26], 2, 0, 0, 0, .. BitConverter.GetBytes(0x10000L), .. BitConverter.GetBytes(0x1000L)];
        table[9] = (byte)-table.Aggregate((byte)0, (sum, octet) => (byte)(sum + octet));
        var parsed = CcelTable.Parse(table);
        Assert.Equal((2, 0x10000L), (parsed.Type, parsed.LogLength));
        table[20] ^= 1;
        Assert.Throws<EventLogFormatException>(() => CcelTable.Parse(table));
        Assert.Throws<EventLogFormatException>(() => CcelTable.Parse(table.AsSpan(0, 55)));
    }
}
