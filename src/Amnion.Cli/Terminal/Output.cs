using System.Text;
using System.Text.Json;

namespace Amnion.Cli.Terminal;

/// <summary>Data goes to stdout and everything else to stderr; with --json stdout carries one object and nothing else.</summary>
sealed class Output(bool json, TextWriter data, TextWriter messages)
{
    /// <summary>True with --json.</summary>
    public bool Json { get; } = json;

    /// <summary>A line of the transcript a person reads; nothing with --json.</summary>
    public void Line(string text = "")
    {
        if (!Json)
        {
            data.WriteLine(text);
            data.Flush();
        }
    }

    /// <summary>Text without a line end, for streamed answers; nothing with --json.</summary>
    public void Text(string text)
    {
        if (!Json)
        {
            data.Write(text);
            data.Flush();
        }
    }

    /// <summary>Data that is what was asked for and already has its form, with --json too.</summary>
    public void Document(string text)
    {
        data.Write(text);
        data.Flush();
    }

    /// <summary>Progress and remarks, on stderr.</summary>
    public void Note(string text) => messages.WriteLine($"amnion: {text}");

    /// <summary>The one JSON object.</summary>
    public void Object(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            write(writer);
        }

        data.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
        data.Flush();
    }

    /// <summary>What was done, in one sentence.</summary>
    public void Done(string text)
    {
        if (!Json)
        {
            Line(text);
            return;
        }

        Object(json =>
        {
            json.WriteStartObject();
            json.WriteString("done", text);
            json.WriteEndObject();
        });
    }

    /// <summary>An error: what failed, then what to type.</summary>
    public void Error(string message, string hint, string? code)
    {
        if (Json)
        {
            Object(writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartObject("error");
                writer.WriteString("code", code);
                writer.WriteString("message", message);
                writer.WriteString("hint", hint);
                writer.WriteEndObject();
                writer.WriteEndObject();
            });
        }

        messages.WriteLine(code is null ? $"amnion: error: {message}" : $"amnion: error: {message} [{code}]");
        messages.WriteLine($"amnion: hint: {hint}");
    }
}
