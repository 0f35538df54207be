using System.Collections.Immutable;
using System.Text.Json;
using Amnion.Attestation.Json;
using Amnion.Attestation.Tpm;

namespace Amnion.Attestation.Composite;

/// <summary>The runtime data of an HCL report: keys of the virtual TPM, configuration of the virtual machine, and what the guest asked to have bound.</summary>
public sealed record AzureRuntimeData
{
    const string AttestationKid = "HCLAkPub";
    const int MaxKeys = 16;
    const int MaxMembers = 64;

    AzureRuntimeData()
    {
    }

    /// <summary>Identifiers of the keys, in their order.</summary>
    public required ImmutableArray<string> Keys { get; init; }

    /// <summary>SubjectPublicKeyInfo, DER, of the virtual TPM's attestation key; null unless there is exactly one RSA key of its identifier that may sign.</summary>
    public ReadOnlyMemory<byte>? AttestationKeyInfo { get; init; }

    /// <summary>The guest's own data as it stands, hexadecimal; null where there is none.</summary>
    public string? UserData { get; init; }

    /// <summary>The same as bytes; null where there is none or it is not hexadecimal of 64 bytes.</summary>
    public ReadOnlyMemory<byte>? UserDataBytes { get; init; }

    /// <summary>Configuration of the virtual machine by name: texts as they stand, "true", "false", or numbers.</summary>
    public required ImmutableArray<KeyValuePair<string, string>> Configuration { get; init; }

    /// <summary>Parses the JSON. Members that are not known are signed and were ignored.</summary>
    internal static AzureRuntimeData Parse(ReadOnlyMemory<byte> json) =>
        JsonView.Parse(json, AzureHclReport.MaxLength, static (path, problem) => new AzureFormatException(0, "runtime_data." + path, problem), Read);

    internal static AzureRuntimeData Read(JsonView root)
    {
        var keys = root.Member("keys").Items(MaxKeys).Select(static key => (Kid: key.Member("kid").Text(256), Key: key)).ToList();
        var signing = keys.Where(static key => key.Kid == AttestationKid).ToList();
        var userData = root.Find("user-data")?.Text(1024);
        return new AzureRuntimeData
        {
            Keys = [.. keys.Select(static key => key.Kid)],
            AttestationKeyInfo = signing is [var only] && ReadKey(only.Key) is { } key ? key : default(ReadOnlyMemory<byte>?),
            UserData = userData,
            UserDataBytes = userData is { Length: 128 } && userData.All(char.IsAsciiHexDigit) ? Convert.FromHexString(userData) : default(ReadOnlyMemory<byte>?),
            Configuration = root.Find("vm-configuration") is { } configuration ? [.. configuration.Members(MaxMembers).Select(static member => KeyValuePair.Create(member.Name, Scalar(member.Value)))] : [],
        };
    }

    /// <summary>An RSA key of RFC 7517 that may sign; null for any other.</summary>
    static byte[]? ReadKey(JsonView key)
    {
        var signs = key.Member("kty").Text(16) == "RSA" && key.Find("key_ops")?.Items(8).Any(static operation => operation.Text(16) == "sign") == true;
        return signs && key.Member("n").Base64Url(1024) is { Length: >= 256 } modulus && key.Member("e").Base64Url(8) is [1, 0, 1] ? TpmKeyInfo.Rsa(modulus, [1, 0, 1]) : null;
    }

    static string Scalar(JsonView value) => value.Element.ValueKind switch
    {
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Number => value.Element.GetRawText(),
        JsonValueKind.String => value.Text(1024),
        _ => throw value.Refuse("expected a text, a number, true or false"),
    };
}
