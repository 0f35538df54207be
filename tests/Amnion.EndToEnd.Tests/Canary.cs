using System.Text;

namespace Amnion.EndToEnd.Tests;

/// <summary>Bytes that must not be found outside the seal.</summary>
sealed record Canary(string Name, byte[] Bytes)
{
    /// <summary>A text as it stands in a request and as .NET holds strings.</summary>
    public static IEnumerable<Canary> Of(string name, string text) =>
        [new(name, Encoding.UTF8.GetBytes(text)), new(name + " (UTF-16)", Encoding.Unicode.GetBytes(text))];
}
