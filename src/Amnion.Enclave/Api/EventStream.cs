using System.Text.Json;

namespace Amnion.Enclave.Api;

/// <summary>Writes server-sent events with JSON data (HTML Living Standard §9.2) to an answer's buffer.</summary>
sealed class EventStream(AnswerBuffer output) : IDisposable
{
    readonly Utf8JsonWriter _json = new(output, ApiJson.Options);

    /// <summary>Starts an event of the default type; the caller writes one JSON value and calls <see cref="End"/>.</summary>
    public Utf8JsonWriter Begin()
    {
        output.Append("data: "u8);
        _json.Reset();
        return _json;
    }

    /// <summary>Starts an event of a named type.</summary>
    public Utf8JsonWriter Begin(ReadOnlySpan<byte> type)
    {
        output.Append("event: "u8);
        output.Append(type);
        output.Append("\n"u8);
        return Begin();
    }

    /// <summary>Ends the event.</summary>
    public void End()
    {
        _json.Flush();
        output.Append("\n\n"u8);
    }

    /// <summary>OpenAI's end of a stream.</summary>
    public void Done() => output.Append("data: [DONE]\n\n"u8);

    public void Dispose() => _json.Dispose();
}
