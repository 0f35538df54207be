using System.Text;
using Amnion.Enclave.Api;

namespace Amnion.Enclave.Tests;

/// <summary>Whatever a caller sends, reading it ends with a request or with an API error, nothing else.</summary>
public sealed class ApiFuzzTests
{
    static readonly string[] Seeds =
    [
        """{"model":"m","messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"a","content":[{"type":"text","text":"x"}]}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],"tool_choice":"auto","stream":true,"stream_options":{"include_usage":true},"stop":["a"],"temperature":0.1}""",
        """{"model":"m","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"Hi"}]},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"x"}],"instructions":"i","text":{"format":{"type":"json_object"}},"tools":[{"type":"function","name":"f"}],"tool_choice":{"type":"function","name":"f"},"metadata":{"a":"b"}}""",
        """{"model":"m","prompt":"x","max_tokens":3,"seed":-1,"user":"u","input":["a","b"],"encoding_format":"base64"}""",
    ];

    [Fact]
    public void Reading_a_request_ends_with_a_request_or_an_error()
    {
        var iterations = int.TryParse(Environment.GetEnvironmentVariable("AMNION_FUZZ_ITERATIONS"), out var count) ? count : 3000;
        var random = new Random(99);
        Action<ApiObject>[] readers = [request => ChatRequest.Read(request), request => ReadAndEcho(request), request => CompletionRequest.Read(request), request => EmbeddingsRequest.Read(request)];
        for (var i = 0; i < iterations; i++)
        {
            var body = Mutate(Encoding.UTF8.GetBytes(Seeds[i % Seeds.Length]), random);
            try
            {
                using var document = ApiJson.Parse(body);
                readers[i % readers.Length](new ApiObject(document.RootElement));
            }
            catch (ApiException e)
            {
                Assert.InRange(e.Error.Status, 400, 499);
            }
        }
    }

    [Fact]
    public void The_seeds_are_requests()
    {
        using var chat = ApiJson.Parse(Encoding.UTF8.GetBytes(Seeds[0]));
        Assert.Equal(3, ChatRequest.Read(new ApiObject(chat.RootElement)).Call.Turns.Length);
        using var responses = ApiJson.Parse(Encoding.UTF8.GetBytes(Seeds[1]));
        ReadAndEcho(new ApiObject(responses.RootElement));
    }

    static void ReadAndEcho(ApiObject request)
    {
        var read = ResponsesRequest.Read(request);
        using var buffer = new AnswerBuffer();
        using var writer = new ResponsesAnswer(new AnswerHead(new string('0', 32), 0, "m"), buffer, read);
        writer.Start();
        writer.End(AnswerEnd.Stop, default);
    }

    static byte[] Mutate(byte[] seed, Random random)
    {
        string[] tokens = ["null", "true", "-1", "1e999", "\"\\ud800\"", "\"\\u0000\"", "[]", "{}", "[[[[[[", "\"f\"", "9999999999999999999", ","];
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(seed.Length);
            switch (random.Next(4))
            {
                case 0:
                    seed[at] = (byte)random.Next(256);
                    break;
                case 1:
                    seed = [.. seed[..at], .. seed[Math.Min(seed.Length, at + random.Next(20))..], (byte)' '];
                    break;
                case 2:
                    seed = [.. seed[..at], .. Encoding.UTF8.GetBytes(tokens[random.Next(tokens.Length)]), .. seed[at..]];
                    break;
                default:
                    var colon = Array.IndexOf(seed, (byte)':', at);
                    if (colon > 0)
                    {
                        var end = Array.FindIndex(seed, colon, b => b is (byte)',' or (byte)'}');
                        seed = [.. seed[..(colon + 1)], .. Encoding.UTF8.GetBytes(tokens[random.Next(tokens.Length)]), .. seed[Math.Max(colon + 1, end)..]];
                    }

                    break;
            }
        }

        return seed;
    }
}
