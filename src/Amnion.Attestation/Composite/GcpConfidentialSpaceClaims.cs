using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Amnion.Attestation.Json;

namespace Amnion.Attestation.Composite;

/// <summary>
/// The claims of Google Cloud's Confidential Space as parsed: the body of a token whose signature somebody else has verified. They are Attestation Results of Google's
/// verifier (RFC 9334 §2), not Evidence of the machine.
/// </summary>
public sealed record GcpConfidentialSpaceClaims
{
    /// <summary>Most bytes of the JSON.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>The service that issues them.</summary>
    public const string GoogleIssuer = "https://confidentialcomputing.googleapis.com";

    const int MaxText = 4096;
    const int MaxItems = 64;

    /// <summary>9999-12-31, the last second <see cref="DateTimeOffset"/> holds.</summary>
    const long MaxTime = 253402300799;

    GcpConfidentialSpaceClaims()
    {
    }

    /// <summary>The issuer.</summary>
    public required string Issuer { get; init; }

    /// <summary>Whom the claims are for.</summary>
    public required string Audience { get; init; }

    /// <summary>When they were issued.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>From when they count.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>Until when they count.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The relying party's nonces; empty where it gave none.</summary>
    public required ImmutableArray<string> Nonces { get; init; }

    /// <summary>Every claim by its path, objects joined with dots and lists with commas.</summary>
    public required ImmutableArray<EvidenceField> Fields { get; init; }

    /// <summary>Parses the body of a token; verifies nothing.</summary>
    /// <exception cref="GcpFormatException">Not claims of this kind, a member twice, or beyond a limit.</exception>
    public static GcpConfidentialSpaceClaims Parse(ReadOnlySpan<byte> json) =>
        JsonView.Parse(json.ToArray(), MaxLength, static (path, problem) => new GcpFormatException(path, problem), Read);

    /// <summary>As <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse(ReadOnlySpan<byte> json, [NotNullWhen(true)] out GcpConfidentialSpaceClaims? claims)
    {
        try
        {
            claims = Parse(json);
            return true;
        }
        catch (GcpFormatException)
        {
            claims = null;
            return false;
        }
    }

    /// <summary>A claim's value; null where it is absent.</summary>
    public string? Find(string path) => Fields.FirstOrDefault(field => field.Name == path)?.Value;

    static GcpConfidentialSpaceClaims Read(JsonView root)
    {
        var fields = ImmutableArray.CreateBuilder<EvidenceField>();
        Flatten(root, fields);
        return new GcpConfidentialSpaceClaims
        {
            Issuer = root.Member("iss").Text(MaxText),
            Audience = root.Member("aud").Text(MaxText),
            IssuedAt = ReadTime(root.Member("iat")),
            NotBefore = ReadTime(root.Member("nbf")),
            ExpiresAt = ReadTime(root.Member("exp")),
            Nonces = root.Find("eat_nonce") is not { } nonce ? [] : nonce.IsText ? [nonce.Text(MaxText)] : [.. nonce.Items(MaxItems).Select(static item => item.Text(MaxText))],
            Fields = fields.ToImmutable(),
        };
    }

    static DateTimeOffset ReadTime(JsonView value) => DateTimeOffset.FromUnixTimeSeconds(value.Integer(0, MaxTime));

    static void Flatten(JsonView value, ImmutableArray<EvidenceField>.Builder fields)
    {
        foreach (var (_, member) in value.Members(MaxItems))
        {
            if (member.IsObject && member.Element.GetPropertyCount() > 0)
            {
                Flatten(member, fields);
                continue;
            }

            // An empty object is listed too: that a claim is there may matter even where it says nothing.
            var text = member.IsObject ? string.Empty : member.IsArray ? string.Join(',', member.Items(MaxItems).Select(Scalar)) : Scalar(member);
            fields.Add(new EvidenceField(member.Path, text, Meaning(member.Path)));
        }
    }

    static string Scalar(JsonView value) => value.Element.ValueKind switch
    {
        JsonValueKind.String => value.Text(MaxText),
        JsonValueKind.Number => value.Element.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Null => string.Empty,
        _ => value.Element.GetRawText().Length.ToString(CultureInfo.InvariantCulture) + " bytes of JSON",
    };

    static string Meaning(string path) => path switch
    {
        "iss" => "service that issued the claims",
        "aud" => "whom the claims are for",
        "sub" => "the virtual machine",
        "iat" or "nbf" or "exp" => "seconds since 1970",
        "eat_nonce" => "the relying party's nonces",
        "secboot" => "whether Secure Boot was on",
        "hwmodel" => "kind of confidential VM",
        "swname" => "operating system of the workload",
        "swversion" => "its version",
        "dbgstat" => "whether the image can be debugged",
        "submods.container.image_digest" => "digest of the workload's image",
        "submods.container.image_id" => "digest of the image's configuration",
        "submods.confidential_space.support_attributes" => "how current the operating system's image is",
        _ => "claim of Google's verifier",
    };
}
