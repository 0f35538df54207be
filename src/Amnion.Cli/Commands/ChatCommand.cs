using System.ClientModel;
using System.CommandLine;
using System.Runtime.Versioning;
using Amnion.Cli.Deployment;
using Amnion.Cli.State;
using OpenAI;
using OpenAI.Chat;

namespace Amnion.Cli.Commands;

/// <summary>`amnion chat [QUESTION]`: asks the running model through the verifying proxy, with the OpenAI package as it is.</summary>
[SupportedOSPlatform("linux")]
static class ChatCommand
{
    public static Command Create()
    {
        var question = new Argument<string[]>("QUESTION") { Description = "What to ask; without it, questions are read line by line", Arity = ArgumentArity.ZeroOrMore };
        var tokens = new Option<int>("--max-tokens") { Description = "Longest answer", DefaultValueFactory = _ => 256 };
        return new Command("chat", "Ask the running model")
        {
            Arguments = { question },
            Options = { tokens },
        }.Runs(async (parsed, output, cancellation) =>
        {
            var home = AmnionHome.Open();
            var proxy = DaemonState.FindRunning(home, Daemons.Proxy)
                ?? throw new CliException(ExitCode.Internal, "nothing is running", "run amnion up", CliCodes.NotRunning);
            var client = Client(new Uri(proxy.Url, "v1"), Tenants.FirstKey(home));
            var most = parsed.GetValue(tokens);
            if (parsed.GetValue(question) is { Length: > 0 } words)
            {
                var answer = await AskAsync(client, [new UserChatMessage(string.Join(' ', words))], most, output.Text, cancellation).ConfigureAwait(false);
                output.Line();
                if (output.Json)
                {
                    output.Object(json =>
                    {
                        json.WriteStartObject();
                        json.WriteString("answer", answer);
                        json.WriteEndObject();
                    });
                }

                return ExitCode.Accepted;
            }

            var turns = new List<ChatMessage>();
            while (Prompt() is { } line)
            {
                turns.Add(new UserChatMessage(line));
                var answer = await AskAsync(client, turns, most, output.Text, cancellation).ConfigureAwait(false);
                output.Line();
                turns.Add(new AssistantChatMessage(answer));
            }

            return ExitCode.Accepted;
        });
    }

    /// <summary>The OpenAI package's client, pointed at the proxy.</summary>
    public static ChatClient Client(Uri baseUrl, string key) => new("default", new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = baseUrl });

    /// <summary>Asks, streams, returns the whole answer.</summary>
    public static async Task<string> AskAsync(ChatClient client, IEnumerable<ChatMessage> messages, int maxTokens, Action<string> show, CancellationToken cancellation)
    {
        var answer = new System.Text.StringBuilder();
        try
        {
            await foreach (var update in client.CompleteChatStreamingAsync(messages, new ChatCompletionOptions { MaxOutputTokenCount = maxTokens, Temperature = 0 }, cancellation).ConfigureAwait(false))
            {
                foreach (var part in update.ContentUpdate)
                {
                    answer.Append(part.Text);
                    show(part.Text);
                }
            }
        }
        catch (ClientResultException e) when (e.GetRawResponse() is { } response)
        {
            throw ProxyError.Describe(e.Status, response.Content.ToArray(), e);
        }
        catch (Exception e) when (e is AggregateException or ClientResultException)
        {
            throw new CliException(ExitCode.Internal, "the proxy does not answer", "amnion down, then amnion up", CliCodes.NotRunning, e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new CliException(ExitCode.Internal, "the answer broke off before its authenticated end; what was shown is incomplete", "ask again; amnion up starts again what has ended", CliCodes.NotRunning, e);
        }

        return answer.ToString();
    }

    static string? Prompt()
    {
        if (!Console.IsInputRedirected)
        {
            Console.Error.Write("> ");
        }

        return Console.ReadLine();
    }
}
