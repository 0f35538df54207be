using System.Collections.Immutable;
using Amnion.Attestation.Certificates;
using Amnion.Records;

namespace Amnion.Attestation.Sigstore;

/// <summary>Reads a trusted root: sigstore_trustroot.proto in protobuf's JSON mapping.</summary>
static class TrustedRootReader
{
    const int MaxKeyLength = 2048;
    const int MaxCertificates = 10;
    const int MaxCertificateLength = 16 * 1024;

    static readonly string[] s_mediaTypes =
    [
        "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
        "application/vnd.dev.sigstore.trustedroot+json;version=0.2",
        "application/vnd.dev.sigstore.trustedroot.v0.2+json",
    ];

    public static SigstoreTrustedRoot Read(JsonObjectReader reader)
    {
        if (!s_mediaTypes.Contains(reader.Text("mediaType")))
        {
            throw reader.Refuse("mediaType", "must be a trusted root of version 0.1 or 0.2");
        }

        var root = new SigstoreTrustedRoot(
            SigstoreJson.List(reader, "tlogs", SigstoreTrustedRoot.MaxInstances, ReadLog),
            SigstoreJson.List(reader, "certificateAuthorities", SigstoreTrustedRoot.MaxInstances, ReadAuthority),
            SigstoreJson.List(reader, "ctlogs", SigstoreTrustedRoot.MaxInstances, ReadLog),
            SigstoreJson.List(reader, "timestampAuthorities", SigstoreTrustedRoot.MaxInstances, ReadAuthority));
        reader.End();
        return root;
    }

    static LogInstance ReadLog(JsonObjectReader reader)
    {
        var key = reader.Object("publicKey");
        if (reader.Text("hashAlgorithm") != "SHA2_256")
        {
            throw reader.Refuse("hashAlgorithm", "must be \"SHA2_256\", the only hash of RFC 6962 trees");
        }

        var address = reader.Text("baseUrl", 1024);
        var log = new LogInstance
        {
            Name = Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Authority.Length > 0 ? uri.Authority : throw reader.Refuse("baseUrl", "must be an absolute address"),
            KeyId = ReadKeyId(reader, "logId") ?? throw reader.Refuse("logId", "is missing"),
            Key = SigstoreJson.Bytes(key, "rawBytes", MaxKeyLength),
            KeyDetails = key.Text("keyDetails", SigstoreJson.MaxShort),
            ValidFor = ReadPeriod(key),
        };

        // Rekor v2's note key; the logId member holds the same value and is the one that entries cite.
        _ = ReadKeyId(reader, "checkpointKeyId");
        _ = reader.OptionalText("operator", 1024);
        key.End();
        reader.End();
        return log;
    }

    static ReadOnlyMemory<byte>? ReadKeyId(JsonObjectReader reader, string name)
    {
        if (SigstoreJson.Optional(reader, name) is not { } member)
        {
            return null;
        }

        // Four bytes are a checkpoint's key hint, the least that identifies a log there.
        var id = SigstoreJson.Bytes(member, "keyId", SigstoreJson.MaxShort, minLength: 4);
        member.End();
        return id;
    }

    static AuthorityInstance ReadAuthority(JsonObjectReader reader)
    {
        var chain = reader.Object("certChain");
        var certificates = chain.Objects("certificates", MaxCertificates, ReadCertificate);
        chain.End();
        if (certificates.IsEmpty)
        {
            throw reader.Refuse("certChain", "must hold a certificate");
        }

        var authority = new AuthorityInstance(certificates, ReadPeriod(reader));

        // Who runs it and where: for people. Trust comes from the keys.
        if (SigstoreJson.Optional(reader, "subject") is { } subject)
        {
            _ = subject.OptionalText("organization", 1024);
            _ = subject.OptionalText("commonName", 1024);
            subject.End();
        }

        _ = reader.OptionalText("uri", 1024);
        _ = reader.OptionalText("operator", 1024);
        reader.End();
        return authority;
    }

    static Certificate ReadCertificate(JsonObjectReader reader)
    {
        var der = SigstoreJson.Bytes(reader, "rawBytes", MaxCertificateLength);
        reader.End();
        try
        {
            return Certificate.Parse(der);
        }
        catch (CertificateFormatException exception)
        {
            throw reader.Refuse("rawBytes", exception.Message);
        }
    }

    static ValidityPeriod ReadPeriod(JsonObjectReader reader)
    {
        // A period without its start is refused and not taken as unbounded.
        var period = reader.Object("validFor");
        var start = SigstoreJson.Time(period, "start");
        DateTimeOffset? end = period.Has("end") ? SigstoreJson.Time(period, "end") : null;
        _ = end is null ? period.OptionalText("end") : null;
        period.End();
        return new ValidityPeriod(start, end);
    }
}
