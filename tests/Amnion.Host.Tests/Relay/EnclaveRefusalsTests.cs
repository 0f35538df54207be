using System.Reflection;
using System.Text.RegularExpressions;
using Amnion.Host.Relay;
using Amnion.Testing;

namespace Amnion.Host.Tests.Relay;

public sealed partial class EnclaveRefusalsTests
{
    [Fact]
    public void The_relays_copy_of_the_enclaves_codes_is_the_enclaves()
    {
        var source = File.ReadAllText(Path.Combine(SharedData.Repository, "src", "Amnion.Enclave", "EnclaveCodes.cs"));
        var codes = Constant().Matches(source).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);

        var copied = typeof(EnclaveRefusals).GetFields(BindingFlags.Static | BindingFlags.NonPublic).ToDictionary(field => field.Name, field => (string)field.GetRawConstantValue()!);
        Assert.NotEmpty(copied);
        Assert.All(copied, pair => Assert.Equal(codes[pair.Key], pair.Value));
    }

    [GeneratedRegex("const string ([A-Za-z]+) = \"(AMN-ENC-[0-9]+)\"")]
    private static partial Regex Constant();
}
