using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Amnion.Host.Local;

namespace Amnion.Host.Tests.Local;

public sealed class EnclaveImageTests : IDisposable
{
    readonly TemporaryDirectory _directory = new();

    string Program => _directory.Combine("program");

    public EnclaveImageTests()
    {
        ProbeProgram.WriteTo(Program);
        Directory.CreateDirectory(_directory.Combine("program", "engine"));
        File.WriteAllText(_directory.Combine("program", "engine", "libllama.so"), "engine");
        File.WriteAllText(_directory.Combine("program", "settings.json"), "{}");
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_listing_is_the_specified_text_and_register_0_its_double_hash()
    {
        var measured = EnclaveImage.Measure(Program);

        var expected = string.Create(CultureInfo.InvariantCulture, $$"""
            amnion/local-image/1
            x {{new FileInfo(Path.Combine(Program, "amnion-enclave")).Length}} {{Hash("amnion-enclave")}} amnion-enclave
            - 6 {{Hash("engine/libllama.so")}} engine/libllama.so
            - 2 {{Hash("settings.json")}} settings.json

            """);
        Assert.Equal(expected, measured.Program);
        Assert.Equal(Convert.ToHexStringLower(SHA384.HashData([.. new byte[48], .. SHA384.HashData(Encoding.ASCII.GetBytes(expected))])), measured.Registers[0].Hex);

        var libraries = $"amnion/local-image/1\n- 6 {Hash("engine/libllama.so")} engine/libllama.so\n";
        Assert.Equal(Convert.ToHexStringLower(SHA384.HashData([.. new byte[48], .. SHA384.HashData(Encoding.ASCII.GetBytes(libraries))])), measured.Registers[2].Hex);
    }

    [Fact]
    public void The_same_files_measure_the_same_whatever_their_dates_and_order()
    {
        var first = EnclaveImage.Measure(Program);
        var copy = _directory.Combine("copy");
        foreach (var file in new[] { "settings.json", "engine/libllama.so", "amnion-enclave" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(copy, file))!);
            File.Copy(Path.Combine(Program, file), Path.Combine(copy, file));
            File.SetLastWriteTimeUtc(Path.Combine(copy, file), new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        }

        Assert.Equal(first.Registers, EnclaveImage.Measure(copy).Registers);
    }

    [Fact]
    public void One_bit_of_any_file_changes_register_0_and_of_a_library_register_2_too()
    {
        var before = EnclaveImage.Measure(Program);
        foreach (var file in new[] { "amnion-enclave", "settings.json", "engine/libllama.so" })
        {
            var path = Path.Combine(Program, file);
            var content = File.ReadAllBytes(path);
            content[^1] ^= 1;
            File.WriteAllBytes(path, content);
            var after = EnclaveImage.Measure(Program);
            content[^1] ^= 1;
            File.WriteAllBytes(path, content);

            Assert.NotEqual(before.Registers[0], after.Registers[0]);
            Assert.Equal(before.Registers[1], after.Registers[1]);
            Assert.Equal(file != "engine/libllama.so", before.Registers[2] == after.Registers[2]);
        }

        Assert.Equal(before.Registers, EnclaveImage.Measure(Program).Registers);
    }

    [Fact]
    public void Another_name_another_mode_and_another_file_change_register_0()
    {
        var seen = new HashSet<string> { EnclaveImage.Measure(Program).Registers[0].Hex };
        File.SetUnixFileMode(Path.Combine(Program, "settings.json"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.True(seen.Add(EnclaveImage.Measure(Program).Registers[0].Hex));
        File.Move(Path.Combine(Program, "settings.json"), Path.Combine(Program, "settings2.json"));
        Assert.True(seen.Add(EnclaveImage.Measure(Program).Registers[0].Hex));
        File.WriteAllText(Path.Combine(Program, "more"), "");
        Assert.True(seen.Add(EnclaveImage.Measure(Program).Registers[0].Hex));
    }

    [Fact]
    public void What_is_staged_is_what_was_measured_read_only_and_private()
    {
        var root = _directory.Combine("staged");
        var staged = EnclaveImage.Stage(Program, root);

        Assert.Equal(EnclaveImage.Measure(Program).Registers, staged.Measure(Sandbox.Complete).Registers);
        Assert.Equal(staged.Measure(Sandbox.Complete).Registers[0], EnclaveImage.Measure(Path.Combine(root, "app")).Registers[0]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(root, "app", "amnion-enclave")));
        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(Path.Combine(root, "app", "settings.json")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(root, "app", "engine")));
    }

    [Fact]
    public void A_link_is_refused_since_it_would_bring_in_what_was_not_measured()
    {
        File.CreateSymbolicLink(Path.Combine(Program, "link"), "/etc/passwd");
        Assert.Equal(HostCodes.ImageUnfit, Assert.Throws<EnclaveImageException>(() => EnclaveImage.Measure(Program)).Code);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a\nb")]
    [InlineData("ä")]
    public void A_name_that_could_be_spelled_in_two_ways_is_refused(string name)
    {
        File.WriteAllText(Path.Combine(Program, name), "");
        Assert.Equal(HostCodes.ImageUnfit, Assert.Throws<EnclaveImageException>(() => EnclaveImage.Measure(Program)).Code);
    }

    [Fact]
    public void A_directory_without_the_program_is_refused()
    {
        Assert.Equal(HostCodes.ImageMissing, Assert.Throws<EnclaveImageException>(() => EnclaveImage.Measure(_directory.Combine("none"))).Code);
        File.SetUnixFileMode(Path.Combine(Program, "amnion-enclave"), UnixFileMode.UserRead);
        Assert.Equal(HostCodes.ImageMissing, Assert.Throws<EnclaveImageException>(() => EnclaveImage.Measure(Program)).Code);
    }

    [Fact]
    public void Role_and_instance_have_the_formula_of_aws()
    {
        Assert.Equal(
            Convert.ToHexStringLower(SHA384.HashData([.. new byte[48], .. "local:role:development"u8])),
            ImageMeasurement.OfText("local:role:development").Hex);
        // SHA384(0^48 || SHA384("")): PCR2 of every AWS image with a single ramdisk.
        Assert.Equal("21b9efbc184807662e966d34f390821309eeac6802309798826296bf3e8bec7c10edb30948c90ba67310f7b964fc500a", ImageMeasurement.OfContent([]).Hex);
    }

    [Fact]
    public void The_sandbox_description_names_arguments_environment_and_filter_but_no_path_of_this_run()
    {
        var sandbox = EnclaveImage.Measure(Program).Sandbox;
        Assert.StartsWith("amnion/local-sandbox/1\nlayer namespaces applied\n", sandbox, StringComparison.Ordinal);
        Assert.Contains("argument --unshare-net\n", sandbox, StringComparison.Ordinal);
        Assert.Contains("argument {app}\n", sandbox, StringComparison.Ordinal);
        Assert.Contains("environment DOTNET_EnableDiagnostics=0\n", sandbox, StringComparison.Ordinal);
        Assert.Contains($"seccomp {SeccompFilter.Digest}\n", sandbox, StringComparison.Ordinal);
        Assert.DoesNotContain(_directory.Path, sandbox, StringComparison.Ordinal);
    }

    string Hash(string file) => Convert.ToHexStringLower(SHA384.HashData(File.ReadAllBytes(Path.Combine(Program, file))));
}
