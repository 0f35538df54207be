using System.Text.Json;
using Amnion.Records;

namespace Amnion.Cli.State;

/// <summary>How a daemon that did not become ready tells the command that started it.</summary>
sealed record DaemonFailure(int Exit, string Message, string Hint, string? Code)
{
    const string Format = "amnion/daemon-failure/1";

    public void Write(AmnionHome home, string name) => AmnionHome.WriteSecret(FileOf(home, name), CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteNumber("exit", Exit);
        json.WriteString("message", Message);
        json.WriteString("hint", Hint);
        json.WriteString("code", Code ?? string.Empty);
        json.WriteEndObject();
    }));

    public static DaemonFailure? Find(AmnionHome home, string name)
    {
        try
        {
            using var document = CanonicalJson.Parse(File.ReadAllBytes(FileOf(home, name)), 64 * 1024, Format);
            var root = document.RootElement;
            return new DaemonFailure(root.GetProperty("exit").GetInt32(), Text(root, "message"), Text(root, "hint"), Text(root, "code") is { Length: > 0 } code ? code : null);
        }
        catch (Exception e) when (e is IOException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    public static void Remove(AmnionHome home, string name) => File.Delete(FileOf(home, name));

    static string Text(JsonElement root, string name) => root.GetProperty(name).GetString() ?? string.Empty;

    static string FileOf(AmnionHome home, string name) => Path.Combine(home.Run, name + ".failed.json");
}
