using System.Collections.Immutable;
using System.Text.Json;

namespace Amnion.Attestation.Tokens;

/// <summary>
/// A token or claim set of any attestation service, decoded for reading: EAR, EAT, NVIDIA, Azure, Intel and Google. Nothing is verified, and nothing
/// may be decided by it; <see cref="EarToken"/>, <see cref="NrasAppraiser"/> and <see cref="VerifySignature"/> verify.
/// </summary>
public sealed class AttestationToken
{
    /// <summary>Most leaves of one document.</summary>
    public const int MaxFields = 16384;

    AttestationToken(AttestationTokenKind kind, ImmutableArray<EvidenceField> fields, TokenEnvelope? envelope)
    {
        Kind = kind;
        Fields = fields;
        Envelope = envelope;
    }

    /// <summary>What it is.</summary>
    public AttestationTokenKind Kind { get; }

    /// <summary>
    /// Every leaf by its path, in document order. For a JWT the header stands under "header"; for a bundle the overall token's claims under "overall"
    /// and each device's under its name.
    /// </summary>
    public ImmutableArray<EvidenceField> Fields { get; }

    /// <summary>True for a JWT in compact form or a CWT, whose signature <see cref="VerifySignature"/> checks.</summary>
    public bool IsSigned => Envelope is not null;

    TokenEnvelope? Envelope { get; }

    /// <summary>Reads a JWT, a CWT, a bundle or a claim set, JSON, and nothing around it but white space.</summary>
    /// <exception cref="TokenFormatException">None of them, or a claim set that breaks its own kind's rules (<see cref="TokenCodes.TokenMalformed"/>).</exception>
    public static AttestationToken Parse(ReadOnlySpan<byte> data)
    {
        var text = data.Trim(" \t\r\n"u8);
        var fields = ImmutableArray.CreateBuilder<EvidenceField>();
        if (CborWebToken.Looks(text))
        {
            var cwt = CborWebToken.Parse(data);
            return new AttestationToken(ReadClaims(CwtClaims.ToJson(cwt.Payload), string.Empty, fields), fields.ToImmutable(), cwt);
        }

        if (JsonWebSignature.Looks(text))
        {
            var jwt = JsonWebSignature.Parse(text, TokenCodes.TokenMalformed);
            AddHeader(jwt, string.Empty, fields);
            return new AttestationToken(ReadClaims(jwt.Payload, string.Empty, fields), fields.ToImmutable(), jwt);
        }

        using var document = TokenJson.Parse(text, JsonWebSignature.MaxLength, "claims", TokenCodes.TokenMalformed);
        if (NrasBundle.Looks(document.RootElement))
        {
            var bundle = NrasBundle.Read(document.RootElement);
            AddHeader(bundle.Overall, "overall", fields);
            Add(bundle.OverallClaims, "overall", fields);
            foreach (var device in bundle.Devices)
            {
                AddHeader(device.Token, device.Name, fields);
                Add(device.Claims, device.Name, fields);
            }

            return new AttestationToken(AttestationTokenKind.NrasBundle, fields.ToImmutable(), null);
        }

        var kind = TokenRecognition.Recognise(document.RootElement);
        Add(document.RootElement, string.Empty, fields);
        return new AttestationToken(kind, fields.ToImmutable(), null);
    }

    /// <summary>True where the token is signed by the key, with the key's own algorithm and no critical headers. Says nothing about time, issuer or claims.</summary>
    /// <param name="key">A key that the relying party trusts for this issuer.</param>
    public bool VerifySignature(TokenKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Envelope is { Critical: false } envelope && key.Verify(envelope.Algorithm, envelope.Input, envelope.Signature);
    }

    static AttestationTokenKind ReadClaims(ReadOnlySpan<byte> payload, string prefix, ImmutableArray<EvidenceField>.Builder fields)
    {
        using var document = TokenJson.Parse(payload, JsonWebSignature.MaxLength, "claims", TokenCodes.TokenMalformed);
        var kind = TokenRecognition.Recognise(document.RootElement);
        Add(document.RootElement, prefix, fields);
        return kind == AttestationTokenKind.Unknown ? AttestationTokenKind.Eat : kind;
    }

    static void AddHeader(TokenEnvelope token, string prefix, ImmutableArray<EvidenceField>.Builder fields)
    {
        var name = prefix.Length == 0 ? "header." : prefix + ".header.";
        Add(name + "alg", token.Algorithm, fields);
        if (token.KeyId is not null)
        {
            Add(name + "kid", token.KeyId, fields);
        }

        if (token.Type is not null)
        {
            Add(name + "typ", token.Type, fields);
        }
    }

    static void Add(JsonElement value, string prefix, ImmutableArray<EvidenceField>.Builder fields) => TokenJson.Flatten(value, prefix, (name, leaf) => Add(name, leaf, fields));

    static void Add(string name, string value, ImmutableArray<EvidenceField>.Builder fields)
    {
        if (fields.Count == MaxFields)
        {
            throw new TokenFormatException(-1, "claims", $"hold more than {MaxFields} values", TokenCodes.TokenMalformed);
        }

        fields.Add(new EvidenceField(name, value, TokenMeaning.Of(name)));
    }
}
