using System.Collections.Immutable;
using System.Globalization;
using Amnion.Attestation.Json;

namespace Amnion.Attestation.Tpm;

/// <summary>The two JSON containers: "amnion/tpm-evidence/1" (docs/specs/tpm.md) and the platform attestation of go-attestation.</summary>
static class TpmJson
{
    const string Format = "amnion/tpm-evidence/1";
    const int MaxRegisters = 8 * TpmPcrSelection.MaxBitmap;

    public static TpmEvidence Read(ReadOnlyMemory<byte> json) =>
        JsonView.Parse(json, TpmEvidence.MaxLength, static (path, problem) => new TpmFormatException(0, path, problem), static root => root.Has("format") ? ReadOwn(root) : ReadGoAttestation(root));

    static TpmEvidence ReadOwn(JsonView root)
    {
        root.ExpectOnly("format", "quotes", "ak_public", "ak_key", "certificates", "event_log");
        if (root.Member("format").Text(64) != Format)
        {
            throw root.Member("format").Refuse($"must be \"{Format}\"");
        }

        var quotes = root.Member("quotes").Items(TpmEvidence.MaxQuotes).Select(ReadQuote).ToImmutableArray();
        if (quotes.IsEmpty)
        {
            throw root.Member("quotes").Refuse("no quote");
        }

        var area = root.Find("ak_public") is { } given ? TpmPublic.Parse(given.Base64(TpmPublic.MaxLength)) : null;
        return new TpmEvidence
        {
            Quotes = quotes,
            AttestationKey = area,
            AttestationKeyInfo = Bytes(root.Find("ak_key"), TpmEvidence.MaxCertificateLength) ?? area?.SubjectPublicKeyInfo,
            Certificates = root.Find("certificates") is { } list ? [.. list.Items(TpmEvidence.MaxCertificates).Select(item => (ReadOnlyMemory<byte>)item.Base64(TpmEvidence.MaxCertificateLength))] : [],
            EventLog = Bytes(root.Find("event_log"), TpmEvidence.MaxLength),
        };
    }

    static TpmSignedQuote ReadQuote(JsonView item)
    {
        item.ExpectOnly("message", "signature", "pcrs");
        var quote = TpmQuote.Parse(item.Member("message").Base64(TpmQuote.MaxLength));
        return new TpmSignedQuote
        {
            Quote = quote,
            Signature = TpmSignature.Parse(item.Member("signature").Base64(TpmSignature.MaxLength)),
            Values = item.Member("pcrs") is { IsText: true } file ? TpmPcrFile.Read(file.Base64(64 * 1024), quote.Selections) : [.. item.Member("pcrs").Members(TpmPcrSelection.MaxBanks).Select(ReadBank)],
        };
    }

    static TpmPcrValues ReadBank((string Name, JsonView Value) bank)
    {
        var algorithm = bank.Name switch
        {
            "sha1" => TcgHash.Sha1,
            "sha256" => TcgHash.Sha256,
            "sha384" => TcgHash.Sha384,
            "sha512" => TcgHash.Sha512,
            _ => throw bank.Value.Refuse("no bank of that name"),
        };
        return TpmPcrValues.Create(algorithm, bank.Value.Members(MaxRegisters).Select(member =>
            KeyValuePair.Create(ReadIndex(member.Name, member.Value), (ReadOnlyMemory<byte>)member.Value.Hex(64))).ToList());
    }

    /// <summary>A decimal index in its only form, so that no register can be named twice.</summary>
    static int ReadIndex(string name, JsonView at) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < MaxRegisters && index.ToString(CultureInfo.InvariantCulture) == name
            ? index
            : throw at.Refuse("no register of that name");

    /// <summary>
    /// go-attestation's Go structures: Static (EK), AK, Quote and Log, byte strings in Base64. Creation data and its signature by the key itself
    /// prove nothing that a relying party without the endorsement key's activation could use, and are stepped over; so is the endorsement key itself.
    /// </summary>
    static TpmEvidence ReadGoAttestation(JsonView root)
    {
        var quote = root.Member("Quote");
        var log = root.Member("Log");
        var parsed = TpmQuote.Parse(quote.Member("Quote").Base64(TpmQuote.MaxLength));
        var banks = log.Member("PCRs").Items(TpmPcrSelection.MaxBanks * MaxRegisters)
            .Select(static item => (Algorithm: ReadGoHash(item.Member("DigestAlg")), Index: (int)item.Member("Index").Integer(0, MaxRegisters - 1), Value: (ReadOnlyMemory<byte>)item.Member("Digest").Base64(64)))
            .GroupBy(static register => register.Algorithm)
            .Select(static bank => TpmPcrValues.Create(bank.Key, bank.Select(register => KeyValuePair.Create(register.Index, register.Value)).ToList()));
        var evidence = new TpmEvidence
        {
            Quotes = [new TpmSignedQuote { Quote = parsed, Signature = TpmSignature.Parse(quote.Member("Signature").Base64(TpmSignature.MaxLength)), Values = [.. banks] }],
            EventLog = Bytes(log.Find("Raw"), TpmEvidence.MaxLength),
        };
        var area = TpmPublic.Parse(root.Member("AK").Member("Public").Base64(TpmPublic.MaxLength));
        return evidence with { AttestationKey = area, AttestationKeyInfo = area.SubjectPublicKeyInfo };
    }

    /// <summary>A bare null array would convert to an empty memory and not to no memory.</summary>
    static ReadOnlyMemory<byte>? Bytes(JsonView? value, int max) => value is { } given ? given.Base64(max) : default(ReadOnlyMemory<byte>?);

    /// <summary>Go's crypto.Hash: 3 SHA-1, 5 SHA-256, 6 SHA-384, 7 SHA-512.</summary>
    static int ReadGoHash(JsonView value) => value.Integer(1, 32) switch
    {
        3 => TcgHash.Sha1,
        5 => TcgHash.Sha256,
        6 => TcgHash.Sha384,
        7 => TcgHash.Sha512,
        _ => throw value.Refuse("a hash other than SHA-1 and SHA-2"),
    };
}
