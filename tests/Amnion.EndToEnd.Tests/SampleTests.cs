using Amnion.Cli.State;

namespace Amnion.EndToEnd.Tests;

/// <summary>The samples run as a person runs them, and answer.</summary>
[Collection(StackGroup.Name)]
public sealed class SampleTests
{
    const int Limit = 60_000;

    readonly Stack _stack;

    public SampleTests(Stack stack)
    {
        EndToEnd.RequireProgram();
        _stack = stack;
    }

    [Fact(Timeout = Limit)]
    public Task The_OpenAI_package_through_the_proxy() => AnswersAsync("openai-proxy", "OpenAIProxy");

    [Fact(Timeout = Limit)]
    public async Task The_OpenAI_package_sealed_in_its_own_process()
    {
        var run = await AnswersAsync("openai-sealed", "OpenAISealed", _stack.Relay.AbsoluteUri, Policy());
        Assert.Contains("emulated: True", run.Errors, StringComparison.Ordinal);
        Assert.Contains("receipt ", run.Errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public Task The_chat_client() => AnswersAsync("chat-client", "ChatClient", _stack.Relay.AbsoluteUri, Policy());

    async Task<CommandRun> AnswersAsync(string folder, string name, params string[] arguments)
    {
        var run = await CommandRun.RunAsync(EndToEnd.Dotnet, _stack.Home.Root, [Program(folder, name), .. arguments], ("OPENAI_API_KEY", _stack.ApiKey), ("OPENAI_BASE_URL", _stack.BaseUrl.AbsoluteUri));
        Assert.True(run.Exit == 0, run.Errors);
        Assert.True(run.Output.Length > 20, run.Output);
        return run;
    }

    string Policy()
    {
        AmnionHome.WriteSecret(_stack.Home.CallerPolicy, _stack.Policy.ToJson());
        return _stack.Home.CallerPolicy;
    }

    // Built beside this test, in the same configuration.
    static string Program(string folder, string name)
    {
        var output = Path.GetRelativePath(Path.Combine(Amnion.Testing.SharedData.Repository, "tests", "Amnion.EndToEnd.Tests"), AppContext.BaseDirectory);
        return Path.Combine(Amnion.Testing.SharedData.Repository, "samples", folder, output, $"Amnion.Samples.{name}.dll");
    }
}
