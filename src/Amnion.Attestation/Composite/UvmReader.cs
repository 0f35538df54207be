using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Amnion.Attestation.Cbor;
using Amnion.Attestation.Json;

namespace Amnion.Attestation.Composite;

/// <summary>Reads COSE_Sign1 with the headers of Microsoft's utility VM endorsements: RFC 9052 §4.2, RFC 9360 §2.</summary>
static class UvmReader
{
    const int MaxHeaders = 16;
    const int MaxNesting = 4;
    const int MaxTextLength = 1024;
    const int MaxCertificateLength = 8 * 1024;
    const int MaxSignatureLength = 1024;
    const long Sha256 = -16;

    /// <summary>9999-12-31, the last second <see cref="DateTimeOffset"/> holds.</summary>
    const ulong MaxTime = 253402300799;

    public static UvmReferenceInfo Read(ReadOnlyMemory<byte> message)
    {
        if (message.Length > UvmReferenceInfo.MaxLength)
        {
            throw new AzureFormatException(UvmReferenceInfo.MaxLength, "COSE_Sign1", "longer than 64 KiB");
        }

        try
        {
            var input = new CborInput(message.Span);
            _ = input.TryReadTag(18);
            var parts = input.BeginArray(4, allowIndefinite: false);
            if (parts.Remaining != 4)
            {
                throw input.Refuse("an array of other than 4 items");
            }

            var header = Slice(message, ref input, UvmReferenceInfo.MaxLength);
            var headerOffset = input.Position - header.Length;

            // Nothing is read from what the signature does not cover; Microsoft puts a time stamp there.
            _ = input.PeekMajor() == 5 ? input.Skip(MaxNesting) : throw input.Refuse("expected the unprotected header's map");
            var payload = Slice(message, ref input, UvmReferenceInfo.MaxLength);
            var signature = Slice(message, ref input, MaxSignatureLength);
            input.ExpectEnd();
            return Complete(ReadHeader(header, headerOffset), header, payload, signature);
        }
        catch (CborFormatException exception)
        {
            throw new AzureFormatException(exception.Offset, "COSE_Sign1", exception.Message);
        }
    }

    static ReadOnlyMemory<byte> Slice(ReadOnlyMemory<byte> message, ref CborInput input, int max)
    {
        var length = input.ReadBytes(1, max).Length;
        return message[(input.Position - length)..input.Position];
    }

    static Header ReadHeader(ReadOnlyMemory<byte> encoded, int origin)
    {
        var input = new CborInput(encoded.Span, origin);
        var map = input.BeginMap(MaxHeaders, allowIndefinite: false);
        var header = new Header();
        while (input.Next(ref map))
        {
            var name = input.PeekMajor() == 3 ? Encoding.UTF8.GetString(input.ReadText(1, 64)) : input.ReadInteger().ToString(CultureInfo.InvariantCulture);
            if (!header.Seen.Add(name))
            {
                throw input.Refuse("the same header label twice");
            }

            ReadValue(ref input, name, encoded, header);
        }

        input.ExpectEnd();
        return header;
    }

    static void ReadValue(ref CborInput input, string name, ReadOnlyMemory<byte> encoded, Header header)
    {
        switch (name)
        {
            case "1":
                header.Algorithm = input.ReadInteger() is >= -39 and <= -7 and var algorithm ? (int)algorithm : throw input.Refuse("an algorithm that is not accepted");
                break;
            case "2":
                throw input.Refuse("critical headers, of which none is implemented");
            case "3":
                header.ContentType = Text(ref input);
                break;
            case "33":
                header.Chain = ReadChain(ref input, encoded);
                break;
            case "34":
                header.Thumbprint = ReadThumbprint(ref input);
                break;
            case "iss":
                header.Issuer = Text(ref input);
                break;
            case "feed":
                header.Feed = Text(ref input);
                break;
            case "signingtime":
                _ = input.TryReadTag(1);
                header.SigningTime = input.ReadUnsigned() is <= MaxTime and var time ? DateTimeOffset.FromUnixTimeSeconds((long)time) : throw input.Refuse("a time beyond year 9999");
                break;
            default:
                _ = input.Skip(MaxNesting);
                break;
        }
    }

    /// <summary>One certificate, or an array of at least two (RFC 9360 §2).</summary>
    static ImmutableArray<ReadOnlyMemory<byte>> ReadChain(ref CborInput input, ReadOnlyMemory<byte> encoded)
    {
        if (input.PeekMajor() == 2)
        {
            return [Slice(encoded, ref input, MaxCertificateLength)];
        }

        var chain = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        var items = input.BeginArray(UvmReferenceInfo.MaxCertificates, allowIndefinite: false);
        while (input.Next(ref items))
        {
            var certificate = Slice(encoded, ref input, MaxCertificateLength);

            // A chain that repeats a certificate is none, and whoever counts certificates would miscount.
            chain.Add(chain.Any(other => other.Span.SequenceEqual(certificate.Span)) ? throw input.Refuse("the same certificate twice") : certificate);
        }

        return chain.Count > 1 ? chain.ToImmutable() : throw input.Refuse("an array of fewer than two certificates");
    }

    static ReadOnlyMemory<byte> ReadThumbprint(ref CborInput input)
    {
        var pair = input.BeginArray(2, allowIndefinite: false);
        return pair.Remaining == 2 && input.ReadInteger() == Sha256 ? input.ReadBytes(32, 32).ToArray() : throw input.Refuse("a thumbprint that is not SHA-256");
    }

    static string Text(ref CborInput input) => Encoding.UTF8.GetString(input.ReadText(1, MaxTextLength));

    static UvmReferenceInfo Complete(Header header, ReadOnlyMemory<byte> encoded, ReadOnlyMemory<byte> payload, ReadOnlyMemory<byte> signature)
    {
        if (header is not { Algorithm: { } algorithm, ContentType: "application/json", Chain: { } chain, Issuer: { } issuer, Feed: { } feed })
        {
            throw new AzureFormatException(0, "protected", "algorithm, content type application/json, certificates, issuer and feed are required");
        }

        var (measurement, svn) = JsonView.Parse(payload, UvmReferenceInfo.MaxLength, static (path, problem) => new AzureFormatException(0, "payload." + path, problem), ReadPayload);
        return new UvmReferenceInfo
        {
            Algorithm = algorithm,
            Protected = encoded,
            Payload = payload,
            Signature = signature,
            Chain = chain,
            Thumbprint = header.Thumbprint,
            Issuer = issuer,
            Feed = feed,
            SigningTime = header.SigningTime,
            LaunchMeasurement = measurement,
            GuestSvn = svn,
        };
    }

    static (Measurement Measurement, long Svn) ReadPayload(JsonView root)
    {
        var measurement = root.Member("x-ms-sevsnpvm-launchmeasurement");
        var svn = root.Member("x-ms-sevsnpvm-guestsvn");
        var number = svn.IsText && long.TryParse(svn.Text(16), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : svn.IsText ? throw svn.Refuse("not a number") : svn.Integer(0, uint.MaxValue);
        return measurement.Hex(48) is { Length: 48 } bytes ? (new Measurement(bytes), number) : throw measurement.Refuse("expected 48 bytes");
    }

    /// <summary>What has been read so far.</summary>
    sealed class Header
    {
        public HashSet<string> Seen { get; } = new(StringComparer.Ordinal);

        public int? Algorithm { get; set; }

        public string? ContentType { get; set; }

        public ImmutableArray<ReadOnlyMemory<byte>>? Chain { get; set; }

        public ReadOnlyMemory<byte>? Thumbprint { get; set; }

        public string? Issuer { get; set; }

        public string? Feed { get; set; }

        public DateTimeOffset? SigningTime { get; set; }
    }
}
