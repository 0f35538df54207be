using System.Formats.Asn1;
using System.Security.Cryptography;
using Amnion.Attestation.Sigstore;

namespace Amnion.Attestation.Tests.Sigstore;

/// <summary>A small token of the right shape; its signature is of nobody.</summary>
static class TimestampTokens
{
    const string Sha256 = "2.16.840.1.101.3.4.2.1";

    static readonly Asn1Tag s_tag0 = new(TagClass.ContextSpecific, 0, isConstructed: true);

    public static byte[] Sample { get; } = Make(0);

    public static byte[] Make(int status)
    {
        var info = Write(writer =>
        {
            using (writer.PushSequence())
            {
                writer.WriteInteger(1);
                writer.WriteObjectIdentifier("1.2.3");
                using (writer.PushSequence())
                {
                    WriteAlgorithm(writer);
                    writer.WriteOctetString(SHA256.HashData("signature"u8));
                }

                writer.WriteInteger(7);
                writer.WriteGeneralizedTime(TestSigstore.Signed, omitFractionalSeconds: true);
            }
        });
        return Write(writer =>
        {
            using (writer.PushSequence())
            {
                using (writer.PushSequence())
                {
                    writer.WriteInteger(status);
                }

                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(SigstoreOids.SignedData);
                    using (writer.PushSequence(s_tag0))
                    {
                        WriteSignedData(writer, info);
                    }
                }
            }
        });
    }

    static void WriteSignedData(AsnWriter writer, byte[] info)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(3);
            using (writer.PushSetOf())
            {
                WriteAlgorithm(writer);
            }

            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(SigstoreOids.TstInfo);
                using (writer.PushSequence(s_tag0))
                {
                    writer.WriteOctetString(info);
                }
            }

            using (writer.PushSetOf())
            {
                WriteSigner(writer, info);
            }
        }
    }

    static void WriteSigner(AsnWriter writer, byte[] info)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            using (writer.PushSequence())
            {
                using (writer.PushSequence())
                {
                }

                writer.WriteInteger(9);
            }

            WriteAlgorithm(writer);
            using (writer.PushSetOf(s_tag0))
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(SigstoreOids.MessageDigest);
                    using (writer.PushSetOf())
                    {
                        writer.WriteOctetString(SHA256.HashData(info));
                    }
                }
            }

            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.10045.4.3.2");
            }

            writer.WriteOctetString([1, 2, 3]);
        }
    }

    static void WriteAlgorithm(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Sha256);
        }
    }

    static byte[] Write(Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        write(writer);
        return writer.Encode();
    }
}
