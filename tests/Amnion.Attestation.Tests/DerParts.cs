using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;

namespace Amnion.Attestation.Tests;

/// <summary>Takes signed DER apart and puts it together again with one part changed, for what no certificate builder makes.</summary>
static class DerParts
{
    static readonly Asn1Tag s_list = new(TagClass.ContextSpecific, 0, isConstructed: true);

    public const string EcdsaSha256 = "300a06082a8648ce3d040302";
    public const string EcdsaSha384 = "300a06082a8648ce3d040303";

    /// <summary>tbs, algorithm and signature bits.</summary>
    public static (byte[] Tbs, byte[] Algorithm, byte[] Signature) Split(byte[] signed)
    {
        var reader = new AsnReader(signed, AsnEncodingRules.DER).ReadSequence();
        return (reader.ReadEncodedValue().ToArray(), reader.ReadEncodedValue().ToArray(), reader.ReadBitString(out _));
    }

    public static byte[] Join(byte[] tbs, byte[] algorithm, byte[] signature) => Sequence(writer =>
    {
        writer.WriteEncodedValue(tbs);
        writer.WriteEncodedValue(algorithm);
        writer.WriteBitString(signature);
    });

    /// <summary>Changes the items of the tbs and signs it again with SHA-384.</summary>
    public static byte[] Resign(byte[] signed, ECDsa key, Action<List<byte[]>> change)
    {
        var (tbs, _, _) = Split(signed);
        var items = new List<byte[]>();
        var reader = new AsnReader(tbs, AsnEncodingRules.BER).ReadSequence();
        while (reader.HasData)
        {
            items.Add(reader.ReadEncodedValue().ToArray());
        }

        change(items);
        var changed = Sequence(writer =>
        {
            foreach (var item in items)
            {
                writer.WriteEncodedValue(item);
            }
        });
        return Join(changed, Convert.FromHexString(EcdsaSha384), key.SignData(changed, HashAlgorithmName.SHA384, DSASignatureFormat.Rfc3279DerSequence));
    }

    public static byte[] Sequence(Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            write(writer);
        }

        return writer.Encode();
    }

    /// <summary>The [0] or [3] wrapper with a list of extensions.</summary>
    public static byte[] Extensions(int tag, params (string Oid, bool? Critical, byte[] Value)[] extensions)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, tag, isConstructed: true)))
        using (writer.PushSequence())
        {
            foreach (var (oid, critical, value) in extensions)
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(oid);
                    if (critical is { } flag)
                    {
                        writer.WriteBoolean(flag);
                    }

                    writer.WriteOctetString(value);
                }
            }
        }

        return writer.Encode();
    }

    public static byte[] Validity(DateTimeOffset from, DateTimeOffset until, bool generalized) => Sequence(writer =>
    {
        foreach (var time in new[] { from, until })
        {
            if (generalized)
            {
                writer.WriteGeneralizedTime(time, omitFractionalSeconds: true);
            }
            else
            {
                writer.WriteUtcTime(time, 2049);
            }
        }
    });

    /// <summary>A version marker [0] EXPLICIT INTEGER.</summary>
    public static byte[] Version(int version)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence(s_list))
        {
            writer.WriteInteger(version);
        }

        return writer.Encode();
    }

    /// <summary>SEQUENCE of the given numbers.</summary>
    public static byte[] Numbers(params BigInteger[] numbers) => Sequence(writer =>
    {
        foreach (var number in numbers)
        {
            writer.WriteInteger(number);
        }
    });
}
