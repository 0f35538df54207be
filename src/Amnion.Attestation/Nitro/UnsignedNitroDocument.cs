using System.Diagnostics.CodeAnalysis;
using Amnion.Attestation.Cbor;

namespace Amnion.Attestation.Nitro;

/// <summary>
/// The attestation document of QEMU's emulated security module (hw/virtio/virtio-nsm.c): laid out as AWS's, but the algorithm is none,
/// and certificate, bundle and signature are 64 zero bytes each. Nobody vouches for it. It is therefore no <see cref="NitroDocument"/>:
/// no verifier takes it, and all that can be had from it is its content, which whoever started QEMU may sign anew.
/// </summary>
public static class UnsignedNitroDocument
{
    /// <summary>Bytes of the certificate, of the one in the bundle, and of the signature, all zero.</summary>
    const int ZeroLength = 64;

    /// <summary>{1: -1} and nothing else.</summary>
    static ReadOnlySpan<byte> ProtectedHeader => [0xa1, 0x01, 0x20];

    /// <summary>Parses a document that is exactly of this form; false for every other, AWS's included.</summary>
    public static bool TryParse(ReadOnlySpan<byte> document, [NotNullWhen(true)] out NitroDocumentContent? content)
    {
        content = null;
        if (document.Length > NitroDocument.MaxLength)
        {
            return false;
        }

        try
        {
            var payload = NitroPayloadReader.ReadPayload(ReadMessage(document.ToArray()), NitroDocument.Dialect);
            if (IsNothing(payload.Certificate.Span) && payload.CaBundle is [var issuer] && IsNothing(issuer.Span) && payload.UnknownFields.IsEmpty)
            {
                content = new NitroDocumentContent
                {
                    ModuleId = payload.ModuleId,
                    Timestamp = payload.Timestamp,
                    Pcrs = payload.Pcrs,
                    Certificate = payload.Certificate,
                    CaBundle = payload.CaBundle,
                    PublicKey = payload.PublicKey,
                    UserData = payload.UserData,
                    Nonce = payload.Nonce,
                };
            }
        }
        catch (Exception e) when (e is CborFormatException or NitroFormatException)
        {
            // Not of this form.
        }

        return content is not null;
    }

    /// <summary>Writes a document as QEMU does; certificate and bundle of <paramref name="content"/> are left out. For emulated modules and tests.</summary>
    public static byte[] Write(NitroDocumentContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        var nothing = new byte[ZeroLength];
        var payload = NitroDocumentWriter.Encode(content with { Certificate = nothing, CaBundle = [nothing] });
        return new CborOutput().Array(4).Bytes(ProtectedHeader).Map(0).Bytes(payload).Bytes(nothing).ToArray();
    }

    static CoseSign1 ReadMessage(ReadOnlyMemory<byte> document)
    {
        var input = new CborInput(document.Span);
        var array = input.BeginArray(4, allowIndefinite: false);
        _ = array.Remaining == 4 ? true : throw input.Refuse("an array of other than 4 items");
        _ = input.ReadBytes(0, ProtectedHeader.Length).SequenceEqual(ProtectedHeader) ? true : throw input.Refuse("another algorithm than none");
        _ = input.BeginMap(0, allowIndefinite: false);
        var length = input.ReadBytes(1, NitroDocument.MaxPayloadLength).Length;
        var end = input.Position;
        _ = IsNothing(input.ReadBytes(ZeroLength, ZeroLength)) ? true : throw input.Refuse("a signature");
        input.ExpectEnd();
        return new CoseSign1
        {
            IsTagged = false,
            Protected = default,
            Unprotected = default,
            Payload = document[(end - length)..end],
            PayloadOffset = end - length,
            Signature = default,
            Algorithm = default,
        };
    }

    static bool IsNothing(ReadOnlySpan<byte> bytes) => bytes.Length == ZeroLength && !bytes.ContainsAnyExcept((byte)0);
}
