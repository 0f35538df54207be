using System.Security.Cryptography;
using System.Text.Json;
using Amnion.Records;

namespace Amnion.Guard.Jose;

/// <summary>Writes the header members that an algorithm adds.</summary>
static class JoseHeader
{
    public static void WriteGcm(Utf8JsonWriter json, byte[] nonce, byte[] tag)
    {
        json.WriteBytes("iv", nonce);
        json.WriteBytes("tag", tag);
    }

    public static void WritePoint(Utf8JsonWriter json, int size, ECPoint point)
    {
        json.WriteStartObject("epk");
        json.WriteString("kty", "EC");
        json.WriteString("crv", $"P-{size}");
        json.WriteBytes("x", point.X);
        json.WriteBytes("y", point.Y);
        json.WriteEndObject();
    }

    public static void WritePassword(Utf8JsonWriter json, byte[] salt, int iterations)
    {
        json.WriteBytes("p2s", salt);
        json.WriteNumber("p2c", iterations);
    }
}
