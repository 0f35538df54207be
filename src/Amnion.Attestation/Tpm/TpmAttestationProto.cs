using System.Collections.Immutable;

namespace Amnion.Attestation.Tpm;

/// <summary>
/// The attestation message of go-tpm-tools (proto/attest.proto, message Attestation; proto/tpm.proto, messages Quote and PCRs). Fields of
/// other technologies and instance descriptions are stepped over: nothing signs them here.
/// </summary>
static class TpmAttestationProto
{
    const int AkPublic = 1;
    const int Quotes = 2;
    const int EventLog = 3;
    const int AkCertificate = 6;
    const int IntermediateCertificates = 7;
    const int MaxFields = 64;

    public static TpmEvidence Read(ReadOnlySpan<byte> message, AppraisalCache? cache)
    {
        var input = new ProtobufInput(message, 0);
        var quotes = ImmutableArray.CreateBuilder<TpmSignedQuote>();
        var certificates = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        var once = new HashSet<int>();
        byte[]? key = null;
        ReadOnlyMemory<byte>? log = null;
        for (var count = 0; !input.AtEnd; count++)
        {
            var (number, wireType) = input.ReadTag();
            if (count == MaxFields || (number is not (Quotes or IntermediateCertificates) && !once.Add(number)))
            {
                throw input.Refuse("too many fields, or a single field twice");
            }

            if (wireType != 2)
            {
                input.Skip(wireType);
                continue;
            }

            switch (number)
            {
                case AkPublic:
                    key = input.ReadBytes(TpmPublic.MaxLength).ToArray();
                    break;
                case Quotes when quotes.Count < TpmEvidence.MaxQuotes:
                    var quote = input.ReadBytes(message.Length);
                    quotes.Add(ReadQuote(quote, input.Offset - quote.Length, cache));
                    break;
                case EventLog:
                    log = AppraisalCache.Copy(cache, EventLogs.EventLog.CacheKind, input.ReadBytes(TpmEvidence.MaxLength));
                    break;
                case AkCertificate or IntermediateCertificates when certificates.Count < TpmEvidence.MaxCertificates:
                    certificates.Add(input.ReadBytes(TpmEvidence.MaxCertificateLength).ToArray());
                    break;
                case Quotes or IntermediateCertificates:
                    throw input.Refuse("more quotes or certificates than are accepted");
                default:
                    input.Skip(wireType);
                    break;
            }
        }

        var evidence = new TpmEvidence { Quotes = quotes.ToImmutable(), Certificates = certificates.ToImmutable(), EventLog = log };
        return quotes.Count == 0 ? throw input.Refuse("no quote") : key is { Length: > 0 } ? evidence.WithKey(key, cache) : evidence;
    }

    /// <summary>Quote { quote = 1, raw_sig = 2, pcrs = 3 }.</summary>
    static TpmSignedQuote ReadQuote(ReadOnlySpan<byte> message, int origin, AppraisalCache? cache)
    {
        var input = new ProtobufInput(message, origin);
        Span<Range> parts = stackalloc Range[4];
        var seen = 0;
        while (!input.AtEnd)
        {
            var (number, wireType) = input.ReadTag();
            if (wireType != 2 || number is < 1 or > 3 || (seen & (1 << number)) != 0)
            {
                throw input.Refuse("a field that a quote does not have, or one twice");
            }

            var length = input.ReadBytes(message.Length).Length;
            var end = input.Offset - origin;
            parts[number] = (end - length)..end;
            seen |= 1 << number;
        }

        if (seen != 0b1110)
        {
            throw input.Refuse("a quote without message, signature or register values");
        }

        // A machine's registers rarely change after it has booted, so they are remembered by their bytes; message and signature are new every time.
        return new TpmSignedQuote
        {
            Quote = TpmQuote.Parse(message[parts[1]], origin + parts[1].Start.Value),
            Signature = TpmSignature.Parse(message[parts[2]], origin + parts[2].Start.Value),
            Values = [AppraisalCache.Read(cache, nameof(TpmPcrValues), message[parts[3]], origin + parts[3].Start.Value, static (bank, offset) => ReadRegisters(bank.Span, offset))],
        };
    }

    /// <summary>PCRs { hash = 1, map&lt;uint32, bytes&gt; pcrs = 2 }.</summary>
    static TpmPcrValues ReadRegisters(ReadOnlySpan<byte> message, int origin)
    {
        var input = new ProtobufInput(message, origin);
        var algorithm = 0;
        var values = new List<KeyValuePair<int, ReadOnlyMemory<byte>>>();
        while (!input.AtEnd)
        {
            switch (input.ReadTag())
            {
                case (1, 0) when algorithm == 0:
                    algorithm = input.ReadVarint() is > 0 and <= 0xffff and var read ? (int)read : throw input.Refuse("no hash algorithm");
                    break;
                case (2, 2) when values.Count < 8 * TpmPcrSelection.MaxBitmap:
                    var entry = input.ReadBytes(message.Length);
                    values.Add(ReadRegister(entry, input.Offset - entry.Length));
                    break;
                default:
                    throw input.Refuse("a field that a register bank does not have, or one twice");
            }
        }

        return TpmPcrValues.Create(algorithm, values);
    }

    /// <summary>A map's entry. Proto3 leaves a key of zero out.</summary>
    static KeyValuePair<int, ReadOnlyMemory<byte>> ReadRegister(ReadOnlySpan<byte> message, int origin)
    {
        var input = new ProtobufInput(message, origin);
        ulong index = 0;
        byte[]? value = null;
        var seenIndex = false;
        while (!input.AtEnd)
        {
            switch (input.ReadTag())
            {
                case (1, 0) when !seenIndex:
                    index = input.ReadVarint();
                    seenIndex = true;
                    break;
                case (2, 2) when value is null:
                    value = input.ReadBytes(64).ToArray();
                    break;
                default:
                    throw input.Refuse("a field that a register does not have, or one twice");
            }
        }

        return index < 8 * TpmPcrSelection.MaxBitmap && value is not null
            ? KeyValuePair.Create((int)index, (ReadOnlyMemory<byte>)value)
            : throw input.Refuse("a register beyond 31, or one without a value");
    }
}
