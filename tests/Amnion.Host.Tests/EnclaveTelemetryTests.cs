using System.Text;
using Amnion.Records;

namespace Amnion.Host.Tests;

public sealed class EnclaveTelemetryTests
{
    const string Event = """{"correlation":"00000000000000000000000000000000","hop":2,"kind":3,"outcome":0,"value":128}""";

    [Fact]
    public void Numbers_and_enumerations_are_read()
    {
        var telemetry = Parse($$"""{"counters":{"answers":3,"tokens":1024},"events":[{{Event}},{{Event}}],"format":"amnion/telemetry/1","state":4}""");

        Assert.Equal(4, telemetry.State);
        Assert.Equal(3, telemetry.Counters["answers"]);
        Assert.Equal(2, telemetry.Events[(3, 0)]);
    }

    [Theory]
    [InlineData("""{"counters":{"answers":"text"},"events":[],"format":"amnion/telemetry/1","state":4}""")]
    [InlineData("""{"counters":{"The prompt was":1},"events":[],"format":"amnion/telemetry/1","state":4}""")]
    [InlineData("""{"counters":{},"events":[],"format":"amnion/telemetry/1","state":4,"note":1}""")]
    [InlineData("""{"counters":{},"events":[{"correlation":"a secret in thirty two characters","hop":2,"kind":3,"outcome":0,"value":1}],"format":"amnion/telemetry/1","state":4}""")]
    [InlineData("""{"counters":{},"events":[{"correlation":"A SECRET IN THIRTY-TWO CHARACTERS","hop":2,"kind":3,"outcome":0,"value":1}],"format":"amnion/telemetry/1","state":4}""")]
    [InlineData("""{"counters":{},"events":[],"format":"amnion/telemetry/2","state":4}""")]
    [InlineData("")]
    public void Anything_that_could_be_text_is_refused(string json) => Assert.Throws<RecordFormatException>(() => Parse(json));

    static EnclaveTelemetry Parse(string json) => EnclaveTelemetry.Parse(Encoding.UTF8.GetBytes(json));
}
