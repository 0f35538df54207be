using System.Globalization;
using Amnion.Attestation.Dcap.Sgx;
using Amnion.Attestation.Dcap.Tdx;

namespace Amnion.Attestation.Dcap;

/// <summary>Reads a quote strictly: every length must fit exactly. What follows the quote is counted and left to a check.</summary>
static class DcapQuoteReader
{
    const int SignatureLength = 64;
    const int KeyLength = 64;
    const int BodySgx = 1;
    const int BodyTdx10 = 2;
    const int BodyTdx15 = 3;

    public static DcapQuote Read(ReadOnlySpan<byte> quote)
    {
        if (quote.Length > DcapQuote.MaxLength)
        {
            throw new DcapFormatException(DcapQuote.MaxLength, "quote", "longer than 64 KiB");
        }

        ReadOnlyMemory<byte> bytes = quote.ToArray();
        var input = new DcapInput(bytes);
        var header = ReadHeader(input);
        var (bodyType, body) = ReadBody(input, header.Version, header.TeeType);
        var signed = bytes[..input.Offset];
        var length = input.UInt32("signature data length");
        var auth = ReadAuthData(input.Part("signature data", length), header.Version);
        return new DcapQuote
        {
            Version = header.Version,
            TeeType = header.TeeType,
            QeSvn = header.QeSvn,
            PceSvn = header.PceSvn,
            QeVendorId = header.VendorId,
            UserData = header.UserData,
            BodyType = bodyType,
            Signed = signed,
            Report = body.Length == SgxReport.Length ? new SgxReport(body) : null,
            TdReport = body.Length == SgxReport.Length ? null : new TdReport(body),
            SignatureDataLength = (int)length,
            TotalLength = bytes.Length,
            TrailingLength = input.Remaining,
            TrailingIsZero = !bytes.Span[input.Offset..].ContainsAnyExcept((byte)0),
            Signature = auth.Signature,
            AttestationKey = auth.Key,
            QeReport = new SgxReport(auth.Qe.Report),
            QeReportSignature = auth.Qe.Signature,
            QeAuthData = auth.Qe.AuthData,
            OuterCertificationType = auth.Outer,
            CertificationType = auth.Qe.Type,
            CertificationData = auth.Qe.Data,
        };
    }

    static (int Version, uint TeeType, int? QeSvn, int? PceSvn, ReadOnlyMemory<byte> VendorId, ReadOnlyMemory<byte> UserData) ReadHeader(DcapInput input)
    {
        var version = input.UInt16("version");
        if (version is < 3 or > 5)
        {
            throw new DcapFormatException(0, "version", "3, 4 or 5 expected", DcapCodes.UnsupportedVersion);
        }

        var at = input.Offset;
        if (input.UInt16("attestation key type") != DcapQuote.EcdsaP256)
        {
            throw new DcapFormatException(at, "attestation key type", "2 (ECDSA P-256) expected", DcapCodes.UnsupportedKeyType);
        }

        at = input.Offset;
        var tee = input.UInt32("TEE type");
        if (tee is not (DcapQuote.SgxTeeType or DcapQuote.TdxTeeType) || (version == 3 && tee != DcapQuote.SgxTeeType))
        {
            throw new DcapFormatException(at, "TEE type", "0 (SGX) or, from version 4 on, 0x81 (TDX) expected", DcapCodes.UnsupportedTee);
        }

        // Reserved from version 4 on; Intel states no value, and the attestation key signs it.
        int qeSvn = input.UInt16("QE SVN");
        int pceSvn = input.UInt16("PCE SVN");
        var vendor = input.Bytes("QE vendor id", 16);
        var user = input.Bytes("user data", 20);
        return (version, tee, version == 3 ? qeSvn : null, version == 3 ? pceSvn : null, vendor, user);
    }

    static (int? Type, ReadOnlyMemory<byte> Body) ReadBody(DcapInput input, int version, uint tee)
    {
        if (version < 5)
        {
            return (null, tee == DcapQuote.SgxTeeType ? input.Bytes("enclave report", SgxReport.Length) : input.Bytes("TD report", TdReport.Length10));
        }

        var at = input.Offset;
        int type = input.UInt16("body type");
        var size = input.UInt32("body size");
        var expected = type switch
        {
            BodySgx when tee == DcapQuote.SgxTeeType => SgxReport.Length,
            BodyTdx10 when tee == DcapQuote.TdxTeeType => TdReport.Length10,
            BodyTdx15 when tee == DcapQuote.TdxTeeType => TdReport.Length15,
            _ => throw new DcapFormatException(at, "body type", "1 for SGX, 2 or 3 for TDX expected"),
        };
        return size == expected
            ? (type, input.Bytes("body", expected))
            : throw new DcapFormatException(at + sizeof(ushort), "body size", string.Create(CultureInfo.InvariantCulture, $"{expected} expected for body type {type}"));
    }

    static (ReadOnlyMemory<byte> Signature, ReadOnlyMemory<byte> Key, int? Outer, QePart Qe) ReadAuthData(DcapInput data, int version)
    {
        var signature = data.Bytes("quote signature", SignatureLength);
        var key = data.Bytes("attestation key", KeyLength);
        if (version == 3)
        {
            var flat = ReadQePart(data);
            data.End("signature data");
            return (signature, key, null, flat);
        }

        var at = data.Offset;
        int outer = data.UInt16("certification data type");
        if (outer != DcapQuote.QeReportCertification)
        {
            throw new DcapFormatException(at, "certification data type", "6 (QE report certification data) expected");
        }

        var nested = data.Part("QE report certification data", data.UInt32("certification data length"));
        var part = ReadQePart(nested);
        nested.End("QE report certification data");
        data.End("signature data");
        return (signature, key, outer, part);
    }

    static QePart ReadQePart(DcapInput data)
    {
        var report = data.Bytes("QE report", SgxReport.Length);
        var signature = data.Bytes("QE report signature", SignatureLength);
        var auth = data.Bytes("QE authentication data", data.UInt16("QE authentication data length"));
        var at = data.Offset;
        int type = data.UInt16("certification data type");
        if (type is < 1 or > DcapQuote.PckChain)
        {
            throw new DcapFormatException(at, "certification data type", "1 to 5 expected");
        }

        at = data.Offset;
        var length = data.UInt32("certification data length");
        return length <= DcapQuote.MaxCertificationDataLength
            ? new QePart(report, signature, auth, type, data.Bytes("certification data", (int)length))
            : throw new DcapFormatException(at, "certification data length", "longer than 32 KiB");
    }

    readonly record struct QePart(ReadOnlyMemory<byte> Report, ReadOnlyMemory<byte> Signature, ReadOnlyMemory<byte> AuthData, int Type, ReadOnlyMemory<byte> Data);
}
