using System.Text;

namespace Amnion.Records.Tests;

public sealed class WorkloadSettingsTests
{
    static readonly EngineConfiguration s_engine = new()
    {
        Engine = "openai llama-server 0.7.0",
        Context = 512,
        Slots = 16,
        MaxTokens = 256,
        Threads = 0,
        Verify = "streamed",
        ConfigurationSigner = Digest.Sha256("c"u8),
        ModelSigner = Digest.Sha256("m"u8),
        Workload = new WorkloadSettings { Arguments = Digest.Sha384("/bin/server\0"u8), Model = "default" },
    };

    static string Json => Encoding.UTF8.GetString(s_engine.ToJson());

    [Fact]
    public void Is_part_of_the_engine_configuration()
    {
        Assert.Equal(s_engine, EngineConfiguration.Parse(s_engine.ToJson()));
        Assert.Equal(s_engine.ToJson(), EngineConfiguration.Parse(s_engine.ToJson()).ToJson());
        var expected = """"workload":{"argv":"ARGV","kind":"openai","model":"default","port":8080,"ready_seconds":600,"shared":false}}"""".Replace("ARGV", s_engine.Workload!.Arguments.ToString(), StringComparison.Ordinal);
        Assert.EndsWith(expected, Json, StringComparison.Ordinal);
    }

    [Fact]
    public void Leaves_the_measurement_of_the_built_in_engine_as_it_was()
    {
        var engine = s_engine with { Engine = "llama.cpp 0.5.0", Workload = null };
        Assert.DoesNotContain("workload", Encoding.UTF8.GetString(engine.ToJson()), StringComparison.Ordinal);
        Assert.Equal(engine, EngineConfiguration.Parse(engine.ToJson()));
    }

    [Theory]
    [InlineData("\"port\":8080", "\"port\":80")]
    [InlineData("\"port\":8080", "\"port\":65536")]
    [InlineData("\"port\":8080", "\"port\":\"8080\"")]
    [InlineData("\"kind\":\"openai\"", "\"kind\":\"ollama\"")]
    [InlineData("\"model\":\"default\"", "\"model\":\"\"")]
    [InlineData("\"model\":\"default\"", "\"model\":\"\\n\"")]
    [InlineData("\"ready_seconds\":600", "\"ready_seconds\":0")]
    [InlineData("\"shared\":false", "\"shared\":1")]
    [InlineData("\"shared\":false", "\"shared\":false,\"user\":\"root\"")]
    [InlineData("sha384:", "sha256:")]
    [InlineData("\"engine\":\"openai llama-server 0.7.0\"", "\"engine\":\"llama.cpp 0.5.0\"")]
    [InlineData("\"engine\":\"openai llama-server 0.7.0\"", "\"engine\":\"openai\"")]
    public void Refuses_what_the_format_does_not_allow(string part, string other)
    {
        Assert.Contains(part, Json, StringComparison.Ordinal);
        Assert.Throws<RecordFormatException>(() => EngineConfiguration.Parse(Encoding.UTF8.GetBytes(Json.Replace(part, other, StringComparison.Ordinal))));
    }

    [Fact]
    public void Refuses_the_name_of_a_workload_without_one_and_a_workload_that_is_null()
    {
        Assert.Throws<RecordFormatException>(() => EngineConfiguration.Parse((s_engine with { Workload = null }).ToJson()));
        var none = Encoding.UTF8.GetString((s_engine with { Engine = "llama.cpp 0.5.0", Workload = null }).ToJson());
        Assert.Throws<RecordFormatException>(() => EngineConfiguration.Parse(Encoding.UTF8.GetBytes(none.Replace("}", ",\"workload\":null}", StringComparison.Ordinal))));
    }
}
