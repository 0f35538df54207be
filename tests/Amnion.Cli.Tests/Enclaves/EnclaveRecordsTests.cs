using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Amnion.Cli.Commands;
using Amnion.Cli.Enclaves;
using Amnion.Cli.State;
using Amnion.Cli.Terminal;
using Amnion.Records;

namespace Amnion.Cli.Tests.Enclaves;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class EnclaveRecordsTests : IDisposable
{
    readonly string _folder = Path.Combine(Path.GetTempPath(), "amnion-enclaves-" + Guid.NewGuid());
    readonly AmnionHome _home;
    readonly EnclaveRecords _records;

    public EnclaveRecordsTests()
    {
        _home = new AmnionHome(_folder);
        _records = new EnclaveRecords(_home);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    static EnclaveRecord Record(string name, string platform = "nitro", bool debug = false) => new()
    {
        Name = name,
        Platform = platform,
        Process = ProcessMark.Own,
        Id = "i-0123456789abcdef0-enc18f0a1b2c3d4e5f",
        Cid = 16,
        Cpus = 2,
        CpuIds = [2, 3],
        MemoryMebibytes = 4096,
        IsDebug = debug,
        Image = "/images/model.eif",
        Registers = ImmutableSortedDictionary<int, Digest>.Empty.Add(0, Digest.Sha384("0"u8)).Add(8, Digest.Sha384("8"u8)),
    };

    [Fact]
    public void A_record_is_read_back_as_written_and_every_half_of_it_is_refused()
    {
        foreach (var record in (EnclaveRecord[])[Record("a"), Record("b", "qemu", true) with { IsStarting = true, Id = "", Cid = 0, CpuIds = [], Console = "/run/console.log" }])
        {
            var json = record.ToJson();
            var read = EnclaveRecord.Parse(json);
            Assert.Equal(json, read.ToJson());
            Assert.Equal((record.Name, record.Cid, record.Process, record.IsDebug, record.Console), (read.Name, read.Cid, read.Process, read.IsDebug, read.Console));
            for (var length = 0; length < json.Length; length++)
            {
                Assert.ThrowsAny<FormatException>(() => EnclaveRecord.Parse(json.AsSpan(0, length)));
            }
        }
    }

    [Fact]
    public void Altered_records_are_refused_or_read_and_nothing_else()
    {
        var json = Record("a").ToJson();
        for (var bit = 0; bit < json.Length * 8; bit++)
        {
            var altered = (byte[])json.Clone();
            altered[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                _ = EnclaveRecord.Parse(altered);
            }
            catch (FormatException)
            {
                // The one answer to what is no record.
            }
        }
    }

    [Fact]
    public void What_runs_is_listed_by_name_and_what_ended_is_forgotten()
    {
        using var b = _records.TryClaim("b")!;
        b.Write(Record("b"));
        using var a = _records.TryClaim("a")!;
        a.Write(Record("a"));

        // Left by a holder that was killed: nobody has the lock, and its number is somebody else's.
        File.WriteAllBytes(Path.Combine(_home.Enclaves, "c.json"), (Record("c") with { Process = ProcessMark.Own with { Started = 1 } }).ToJson());
        File.WriteAllText(Path.Combine(_home.Enclaves, "d.json"), "{\"format\":");
        Assert.Equal(["a", "b"], _records.All().Select(record => record.Name));
        Assert.Equal(["a.json", "a.lock", "b.json", "b.lock"], Directory.GetFiles(_home.Enclaves).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal("b", _records.Find("b")!.Name);
        Assert.Null(_records.Find("c"));
        b.Dispose();
        Assert.Equal(["a"], _records.All().Select(record => record.Name));
    }

    [Fact]
    public void A_file_under_another_name_than_its_own_counts_as_none()
    {
        File.WriteAllBytes(Path.Combine(_home.Enclaves, "e.json"), Record("f").ToJson());
        Assert.Empty(_records.All());
        Assert.Empty(Directory.GetFiles(_home.Enclaves));
    }

    [Fact]
    public void A_name_that_is_taken_gets_a_number()
    {
        using var first = _records.TryClaim("model");
        Assert.NotNull(first);
        Assert.Null(_records.TryClaim("model"));
        Assert.Equal("model_1", _records.FreeName("model"));
        using var second = _records.TryClaim("model_1");
        Assert.Equal("model_2", _records.FreeName("model"));
        Assert.Equal("other", _records.FreeName("other"));
        using var longest = _records.TryClaim(new string('x', 64));
        Assert.Equal(new string('x', 62) + "_1", _records.FreeName(new string('x', 64)));
    }

    [Theory]
    [InlineData("/images/model.eif", "model")]
    [InlineData("model.EIF", "model")]
    [InlineData("my model (2).eif", "my_model__2_")]
    [InlineData(".eif", "enclave")]
    [InlineData("...hidden", "hidden")]
    [InlineData("image", "image")]
    public void An_enclave_is_named_after_its_file(string file, string name)
    {
        Assert.Equal(name, EnclaveRecords.NameOf(file));
        Assert.True(EnclaveRecords.IsName(name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData(".a")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    [InlineData("ä")]
    public void What_is_no_file_name_is_no_name(string name) => Assert.False(EnclaveRecords.IsName(name));

    [Fact]
    public void Json_is_nitro_clis_with_two_members_at_the_end()
    {
        Assert.Equal(
            """{"EnclaveName":"a","EnclaveID":"i-0123456789abcdef0-enc18f0a1b2c3d4e5f","ProcessID":PID,"EnclaveCID":16,"NumberOfCPUs":2,"CPUIDs":[2,3],"MemoryMiB":4096,"Platform":"nitro","Emulated":false}""",
            Json(Record("a").WriteRun));
        Assert.Equal(
            $$"""{"EnclaveName":"a","EnclaveID":"i-0123456789abcdef0-enc18f0a1b2c3d4e5f","ProcessID":PID,"EnclaveCID":16,"NumberOfCPUs":2,"CPUIDs":[2,3],"MemoryMiB":4096,"State":"RUNNING","Flags":"DEBUG_MODE","Measurements":{"HashAlgorithm":"Sha384 { ... }","PCR0":"{{Digest.Sha384("0"u8).Hex}}","PCR8":"{{Digest.Sha384("8"u8).Hex}}"},"Platform":"qemu","Emulated":true}""",
            Json(Record("a", "qemu", true).WriteDescription));
        Assert.Equal("""{"EnclaveName":"a","EnclaveID":"i-0123456789abcdef0-enc18f0a1b2c3d4e5f","Terminated":true}""", Json(Record("a").WriteTermination));
    }

    [Fact]
    public void People_are_told_what_is_emulated_and_what_is_debugged()
    {
        var text = Shown(Record("a"), Record("b", "qemu"), Record("c", debug: true));
        Assert.Equal(1, text.Split(CheckListing.Emulated).Length - 1);
        Assert.Equal(1, text.Split("registers are zero").Length - 1);
        Assert.Contains("a  nitro  i-0123456789abcdef0-enc18f0a1b2c3d4e5f  context 16  2 processors (2,3)  4096 MiB", text, StringComparison.Ordinal);
        Assert.Equal("no enclave runs\n", Shown());
    }

    [Fact]
    public void Only_a_debug_enclave_has_a_console()
    {
        EnclaveConsoleCommand.RequireConsole(Record("a", debug: true));
        var refused = Assert.Throws<CliException>(() => EnclaveConsoleCommand.RequireConsole(Record("a")));
        Assert.Equal((ExitCode.Unsupported, CliCodes.EnclaveNoConsole), (refused.ExitCode, refused.Code));
    }

    [Fact]
    public async Task A_console_cannot_move_the_cursor()
    {
        var shown = new StringWriter();
        await EnclaveConsoleCommand.CopyAsync(new MemoryStream("boot\r\n\x1b[2Jok\t\u009b\0\n"u8.ToArray()), new Output(false, shown, TextWriter.Null), () => true, default);
        Assert.Equal("boot\n?[2Jok\t???\n", shown.ToString());
    }

    static string Json(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(buffer.ToArray()).Replace($"\"ProcessID\":{Environment.ProcessId}", "\"ProcessID\":PID", StringComparison.Ordinal);
    }

    static string Shown(params EnclaveRecord[] records)
    {
        var shown = new StringWriter();
        EnclaveListCommand.Show(new Output(false, shown, TextWriter.Null), records);
        return shown.ToString();
    }
}
