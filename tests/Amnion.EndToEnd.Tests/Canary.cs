using System.Text;

namespace Amnion.EndToEnd.Tests;

/// <summary>Bytes that must not be found outside the seal.</summary>
sealed record Canary(string Name, byte[] Bytes)
{
    /// <summary>A text as it stands in a request and as .NET holds strings.</summary>
    public static IEnumerable<Canary> Of(string name, string text) =>
        [new(name, Encoding.UTF8.GetBytes(text)), new(name + " (UTF-16)", Encoding.Unicode.GetBytes(text))];

    /// <summary>A private key as it is written and as libraries hold numbers, the lowest byte first.</summary>
    public static IEnumerable<Canary> OfNumber(string name, byte[] number) =>
        [new(name, number), new(name + " (lowest byte first)", [.. number.Reverse()])];
}
