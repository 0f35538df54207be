using System.Text;
using Amnion.Images.Specification;
using Amnion.Records;

namespace Amnion.Images.Tests;

public sealed class SpecificationTests
{
    public const string Full = """
        format: amnion/image-spec/1
        name: support-chat
        version: 1.2.0
        architecture: x86_64
        engine:
          name: llama.cpp 0.5.0
          context: 8192
          slots: 4
          max_tokens: 2048
          threads: 2
          verify: full
        model:
          manifest: sha384:000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
        guard:
          policy: guard.json
        egress: amnion/egress/1
        resources:
          cpus: 4
          memory_mib: 2048
        kernel:
          command_line: reboot=k
        workload:
          arguments: [server, --port, "8080"]
          environment:
            A: "1"
          directory: /srv
          port: 8080
        """;

    [Fact]
    public void Every_key_is_read()
    {
        var read = Parse(Full);
        Assert.Equal(("support-chat", "1.2.0", ImageArchitecture.X64), (read.Name, read.Version, read.Architecture));
        Assert.Equal(("llama.cpp 0.5.0", 8192, 4, 2048, 2, "full"), (read.Engine, read.Context, read.Slots, read.MaxTokens, read.Threads, read.Verify));
        Assert.Equal(new string('0', 96), read.Model!.Value.Hex);
        Assert.Equal(("guard.json", 4, 2048, "reboot=k"), (read.GuardPolicy, read.Cpus, read.MemoryMib, read.CommandLine));
        Assert.Equal(["server", "--port", "8080"], read.Workload!.Arguments!.Value);
        Assert.Equal([("A", "1")], read.Workload.Environment);
        Assert.Equal(("/srv", 8080), (read.Workload.Directory, read.Workload.Port));
    }

    [Fact]
    public void A_name_is_enough()
    {
        var read = Parse("name: a");
        Assert.Equal(("a", "0", 4096, 4096, 16, 2, 0), (read.Name, read.Version, read.Context, read.MaxTokens, read.Slots, read.Cpus, read.MemoryMib));
        Assert.Null(read.Model);
        Assert.Null(read.Workload);
    }

    [Fact]
    public void Json_is_read_as_well() => Assert.Equal(512, Parse("{\"name\": \"a\",\n \"engine\": {\"context\": 512}}").Context);

    [Theory]
    [InlineData(3, "name: a\nengine:\n  contxt: 5")]
    [InlineData(2, "name: a\nnamed: b")]
    [InlineData(2, "name: a\nname: b")]
    [InlineData(2, "name: a\nversion: \"a b\"")]
    [InlineData(2, "name: a\narchitecture: riscv")]
    [InlineData(3, "name: a\nengine:\n  context: 10")]
    [InlineData(3, "name: a\nengine:\n  context: \"4096\"")]
    [InlineData(3, "name: a\nengine:\n  verify: never")]
    [InlineData(3, "name: a\nmodel:\n  manifest: sha256:00")]
    [InlineData(2, "name: a\negress: sha384:00")]
    [InlineData(2, "name: &x a\nversion: *x")]
    [InlineData(1, "name: !!str a")]
    [InlineData(1, "- a")]
    [InlineData(2, "name: a\nengine: 5")]
    [InlineData(3, "name: a\nworkload:\n  arguments: [x]")]
    [InlineData(3, "name: a\nworkload:\n  port: 70000")]
    [InlineData(4, "name: a\nworkload:\n  port: 1\n  directory: srv")]
    [InlineData(1, "version: 1")]
    [InlineData(1, "")]
    [InlineData(2, "format: amnion/image-spec/1\nformat: x")]
    public void What_the_schema_does_not_allow_is_refused_with_its_line(int line, string text)
    {
        var exception = Assert.Throws<ImageSpecificationException>(() => Parse(text));
        Assert.True(line == exception.Line || text.Contains('&', StringComparison.Ordinal), $"{exception.Message} for {text}");
        Assert.Equal(ImageCodes.SpecificationInvalid, exception.Code);
    }

    [Fact]
    public void A_second_document_and_broken_text_are_refused()
    {
        Assert.Throws<ImageSpecificationException>(() => Parse("name: a\n---\nname: b"));
        Assert.Throws<ImageSpecificationException>(() => Parse("name: [a"));
        Assert.Throws<ImageSpecificationException>(() => ImageSpecification.Parse([0x6e, 0xff]));
        Assert.Throws<ImageSpecificationException>(() => ImageSpecification.Parse(new byte[70000]));
        Assert.Throws<ImageSpecificationException>(() => Parse("name: " + string.Concat(Enumerable.Repeat("[", 1000))));
    }

    [Fact]
    public void What_the_image_states_reads_back()
    {
        var configuration = Parse(Full).Resolve(Digest.Sha384("guard"u8), 8080);
        Assert.Equal(configuration, ImageConfiguration.Parse(configuration.ToJson()));
        var small = Parse("name: a").Resolve(null, null);
        Assert.Equal(small, ImageConfiguration.Parse(small.ToJson()));
        Assert.Equal(Digest.Sha384(EgressSchema.ToJson()), small.Egress);
    }

    [Fact]
    public void No_mutation_crashes_the_reader() => Fuzz.Run(44, [Encoding.UTF8.GetBytes(Full), "{\"name\": \"a\"}"u8.ToArray()], bytes =>
    {
        try
        {
            _ = ImageSpecification.Parse(bytes);
        }
        catch (ImageSpecificationException exception)
        {
            Assert.True(exception.Line > 0);
        }
    });

    static ImageSpecification Parse(string text) => ImageSpecification.Parse(Encoding.UTF8.GetBytes(text));
}
