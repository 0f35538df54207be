using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Records;

namespace Amnion.Attestation.Sigstore;

/// <summary>Reads a bundle: sigstore_bundle.proto in protobuf's JSON mapping.</summary>
static class BundleReader
{
    const int MaxCertificates = 10;
    const int MaxCertificateLength = 16 * 1024;
    const int MaxSignatureLength = 1024;
    const int MaxTimestampLength = 32 * 1024;

    /// <summary>A tree of 2^63 entries has paths of 63 hashes.</summary>
    const int MaxHashes = 63;

    const int MaxCheckpointLength = 16 * 1024;

    public static SigstoreBundle Read(JsonObjectReader reader)
    {
        var version = reader.Text("mediaType") switch
        {
            "application/vnd.dev.sigstore.bundle+json;version=0.1" => 1,
            "application/vnd.dev.sigstore.bundle+json;version=0.2" => 2,
            "application/vnd.dev.sigstore.bundle+json;version=0.3" or "application/vnd.dev.sigstore.bundle.v0.3+json" => 3,
            _ => throw reader.Refuse("mediaType", "must be a bundle of version 0.1, 0.2 or 0.3"),
        };
        var material = reader.Object("verificationMaterial");
        var envelope = SigstoreJson.Optional(reader, "dsseEnvelope");
        var message = SigstoreJson.Optional(reader, "messageSignature");
        if (envelope is null == message is null)
        {
            throw reader.Refuse("dsseEnvelope", "must stand there, or messageSignature instead");
        }

        var bundle = new SigstoreBundle
        {
            Version = version,
            Certificates = ReadSigner(material, version),
            Entries = SigstoreJson.List(material, "tlogEntries", SigstoreBundle.MaxEntries, ReadEntry),
            Timestamps = ReadTimestamps(material),
            Envelope = envelope is null ? null : ReadEnvelope(envelope),
            Message = message is null ? null : ReadMessage(message),
        };
        material.End();
        reader.End();
        return bundle;
    }

    /// <summary>The certificates, leaf first; none where the bundle only hints at a key.</summary>
    static ImmutableArray<ReadOnlyMemory<byte>> ReadSigner(JsonObjectReader material, int version)
    {
        var certificate = SigstoreJson.Optional(material, "certificate");
        var chain = SigstoreJson.Optional(material, "x509CertificateChain");
        var key = SigstoreJson.Optional(material, "publicKey");
        if (new[] { certificate, chain, key }.Count(member => member is not null) != 1)
        {
            throw material.Refuse("certificate", "must stand there, or one of x509CertificateChain and publicKey");
        }

        if (key is not null)
        {
            _ = key.OptionalText("hint", 1024);
            key.End();
            return [];
        }

        if (certificate is not null)
        {
            return [ReadCertificate(certificate)];
        }

        if (version == 3)
        {
            throw material.Refuse("x509CertificateChain", "does not exist in version 0.3");
        }

        var certificates = chain!.Objects("certificates", MaxCertificates, ReadCertificate);
        chain.End();
        return certificates.IsEmpty ? throw material.Refuse("x509CertificateChain", "must hold a certificate") : certificates;
    }

    static ReadOnlyMemory<byte> ReadCertificate(JsonObjectReader reader)
    {
        var der = SigstoreJson.Bytes(reader, "rawBytes", MaxCertificateLength);
        reader.End();
        return der;
    }

    static LogEntry ReadEntry(JsonObjectReader reader)
    {
        var log = reader.Object("logId");
        var kind = reader.Object("kindVersion");
        var promise = SigstoreJson.Optional(reader, "inclusionPromise");
        var proof = SigstoreJson.Optional(reader, "inclusionProof");
        var entry = new LogEntry
        {
            LogIndex = SigstoreJson.OptionalNumber(reader, "logIndex") ?? 0,
            LogId = SigstoreJson.Bytes(log, "keyId", SigstoreJson.MaxShort),
            Kind = kind.Text("kind", SigstoreJson.MaxShort),
            Version = kind.Text("version", SigstoreJson.MaxShort),
            IntegratedTime = SigstoreJson.OptionalNumber(reader, "integratedTime") is > 0 and var time ? time : null,
            // Not "null": that would become an empty memory by way of byte[].
            Promise = promise is null ? default(ReadOnlyMemory<byte>?) : SigstoreJson.Bytes(promise, "signedEntryTimestamp", MaxSignatureLength),
            Proof = proof is null ? null : ReadProof(proof),
            Body = SigstoreJson.Bytes(reader, "canonicalizedBody", SigstoreBundle.MaxLength),
        };
        log.End();
        kind.End();
        promise?.End();
        reader.End();
        return entry;
    }

    static InclusionProof ReadProof(JsonObjectReader reader)
    {
        var checkpoint = SigstoreJson.Optional(reader, "checkpoint");
        var hashes = reader.Has("hashes") ? reader.Texts("hashes", MaxHashes, SigstoreJson.MaxShort) : [];
        _ = hashes.IsEmpty && !reader.Has("hashes") ? reader.OptionalText("hashes") : null;
        var proof = new InclusionProof(
            SigstoreJson.OptionalNumber(reader, "logIndex") ?? 0,
            SigstoreJson.Number(reader, "treeSize"),
            SigstoreJson.Bytes(reader, "rootHash", MerkleProof.HashLength, MerkleProof.HashLength),
            [.. hashes.Select(text => SigstoreJson.TryBytes(text, out var hash) && hash.Length == MerkleProof.HashLength ? new ReadOnlyMemory<byte>(hash) : throw reader.Refuse("hashes", "must be hashes of 32 bytes in base64"))],
            checkpoint?.Text("envelope", MaxCheckpointLength));
        checkpoint?.End();
        reader.End();
        return proof;
    }

    static ImmutableArray<ReadOnlyMemory<byte>> ReadTimestamps(JsonObjectReader material)
    {
        if (SigstoreJson.Optional(material, "timestampVerificationData") is not { } data)
        {
            return [];
        }

        var timestamps = SigstoreJson.List(data, "rfc3161Timestamps", SigstoreBundle.MaxEntries, reader =>
        {
            var response = SigstoreJson.Bytes(reader, "signedTimestamp", MaxTimestampLength);
            reader.End();
            return response;
        });
        data.End();
        return timestamps;
    }

    static DsseEnvelope ReadEnvelope(JsonObjectReader reader)
    {
        var envelope = new DsseEnvelope(
            reader.Text("payloadType"),
            SigstoreJson.Bytes(reader, "payload", SigstoreBundle.MaxLength),
            SigstoreJson.List(reader, "signatures", SigstoreBundle.MaxEntries, member =>
            {
                var signature = SigstoreJson.Bytes(member, "sig", MaxSignatureLength);
                _ = member.OptionalText("keyid", 1024);
                member.End();
                return signature;
            }));
        reader.End();
        return envelope;
    }

    static MessageSignature ReadMessage(JsonObjectReader reader)
    {
        var digest = SigstoreJson.Optional(reader, "messageDigest");
        HashAlgorithmName? algorithm = digest?.Text("algorithm", SigstoreJson.MaxShort) switch
        {
            null => null,
            "SHA2_256" => HashAlgorithmName.SHA256,
            "SHA2_384" => HashAlgorithmName.SHA384,
            "SHA2_512" => HashAlgorithmName.SHA512,
            _ => throw reader.Refuse("messageDigest", "must be of SHA2_256, SHA2_384 or SHA2_512"),
        };
        var message = new MessageSignature(
            algorithm,
            digest is null ? default : SigstoreJson.Bytes(digest, "digest", SigstoreJson.MaxShort, minLength: 32),
            SigstoreJson.Bytes(reader, "signature", MaxSignatureLength));
        digest?.End();
        reader.End();
        return message;
    }
}
