using System.Buffers.Binary;
using Amnion.Attestation.Cbor;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Dcap.RaTls;

/// <summary>Finds the extension and takes the quote out of it.</summary>
static class RaTlsReader
{
    const string DiceEvidence = "2.23.133.5.4.9";
    const string BareQuote = "1.2.840.113741.1337.6";
    const string OpenEnclaveReport = "1.2.840.113556.10.1.1";

    /// <summary>CBOR tag of SGX and TDX quotes. Interoperable RA-TLS, SGX and TDX evidence formats.</summary>
    const ulong IntelTeeQuote = 60000;

    const int OpenEnclaveHeaderLength = 16;
    const uint OpenEnclaveVersion = 1;

    /// <summary>OE_REPORT_TYPE_SGX_REMOTE.</summary>
    const uint OpenEnclaveRemote = 2;

    public static RaTlsCertificate Read(ReadOnlySpan<byte> der)
    {
        if (der.Length > RaTlsCertificate.MaxLength)
        {
            throw Malformed(RaTlsCertificate.MaxLength, "certificate", "longer than 256 KiB");
        }

        Certificate certificate;
        try
        {
            certificate = Certificate.Parse(der.ToArray());
        }
        catch (CertificateFormatException exception)
        {
            throw Malformed(Math.Min(exception.Offset, der.Length), "certificate", exception.Message);
        }

        return Find(certificate, DiceEvidence) is { } dice ? ReadDice(certificate, dice)
            : Find(certificate, BareQuote) is { } bare ? new RaTlsCertificate(certificate) { Dialect = RaTlsDialect.BareQuote, Quote = bare }
            : Find(certificate, OpenEnclaveReport) is { } report ? ReadOpenEnclave(certificate, report)
            : throw Malformed(0, "extensions", "no quote in an extension that this version knows");
    }

    static ReadOnlyMemory<byte>? Find(Certificate certificate, string oid) =>
        certificate.Extensions.FirstOrDefault(extension => extension.Oid == oid) is { Oid: not null } found ? found.Value : (ReadOnlyMemory<byte>?)null;

    static RaTlsCertificate ReadDice(Certificate certificate, ReadOnlyMemory<byte> evidence)
    {
        try
        {
            var input = new CborInput(evidence.Span);
            if (!input.TryReadTag(IntelTeeQuote))
            {
                throw input.Refuse("no tag; 60000 (quote of an Intel TEE) expected");
            }

            var items = input.BeginArray(2, allowIndefinite: false);
            var quote = Bytes(ref input, ref items, DcapQuote.MaxLength, evidence);
            var claims = Bytes(ref input, ref items, RaTlsClaims.MaxLength, evidence);
            input.ExpectEnd();
            return new RaTlsCertificate(certificate) { Dialect = RaTlsDialect.Dice, Quote = quote, Claims = claims, ClaimValues = RaTlsClaims.Read(claims) };
        }
        catch (CborFormatException exception)
        {
            throw Malformed(Math.Min(exception.Offset, evidence.Length), "tagged evidence", exception.Message);
        }
    }

    static ReadOnlyMemory<byte> Bytes(ref CborInput input, ref CborItems items, int max, ReadOnlyMemory<byte> evidence)
    {
        if (!input.Next(ref items))
        {
            throw input.Refuse("an array of quote and claims expected");
        }

        var bytes = input.ReadBytes(1, max);
        return evidence.Slice(input.Position - bytes.Length, bytes.Length);
    }

    static RaTlsCertificate ReadOpenEnclave(Certificate certificate, ReadOnlyMemory<byte> report)
    {
        var span = report.Span;
        if (span.Length < OpenEnclaveHeaderLength || BinaryPrimitives.ReadUInt32LittleEndian(span) != OpenEnclaveVersion)
        {
            throw Malformed(0, "Open Enclave report", "version 1 expected");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(span[4..]) != OpenEnclaveRemote)
        {
            throw Malformed(4, "Open Enclave report", "type 2 (remote) expected");
        }

        if (BinaryPrimitives.ReadUInt64LittleEndian(span[8..]) != (ulong)(span.Length - OpenEnclaveHeaderLength))
        {
            throw Malformed(8, "Open Enclave report", "its size is not that of what follows");
        }

        return new RaTlsCertificate(certificate) { Dialect = RaTlsDialect.OpenEnclave, Quote = report[OpenEnclaveHeaderLength..] };
    }

    static DcapFormatException Malformed(int offset, string field, string problem) => new(offset, field, problem, DcapCodes.RaTlsMalformed);
}
