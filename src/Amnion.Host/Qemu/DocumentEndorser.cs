using System.Collections.Immutable;
using System.Runtime.Versioning;
using Amnion.Attestation;
using Amnion.Attestation.Nitro;
using Amnion.Host.Local;
using Amnion.Records;
using Amnion.Records.Frames;

namespace Amnion.Host.Qemu;

/// <summary>
/// Signs what QEMU's module leaves unsigned: the same content, under the development root, outside the machine. A document is signed only
/// where it names the module this host started and the launch registers of the image it started; the program inside could
/// invent the rest, which is one reason why this platform is no security boundary.
/// </summary>
[SupportedOSPlatform("linux")]
sealed class DocumentEndorser(DevelopmentSigner signer, ImmutableSortedDictionary<int, Digest> launch) : IDisposable
{
    /// <summary>Registers below this one are the launch's; the enclave extends from here on.</summary>
    const int FirstOwnRegister = RegisterLog.FirstRegister;

    readonly Lock _lock = new();

    /// <summary>An evidence bundle with its document signed.</summary>
    /// <exception cref="RecordFormatException">It is no evidence bundle.</exception>
    /// <exception cref="FrameFormatException">It is not of this platform.</exception>
    /// <exception cref="EnclaveUnavailableException">The document does not say what was started.</exception>
    internal byte[] Endorse(byte[] json)
    {
        var bundle = EvidenceBundle.Parse(json);
        if (bundle.Platform != AttestationPlatform.Qemu || !UnsignedNitroDocument.TryParse(bundle.Evidence.AsSpan(), out var content))
        {
            throw new FrameFormatException("Evidence that is not an unsigned document of QEMU's module.");
        }

        Check(content);
        lock (_lock)
        {
            return (bundle with { Evidence = [.. signer.Sign(content)] }).ToJson();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            signer.Dispose();
        }
    }

    void Check(NitroDocumentContent content)
    {
        if (content.ModuleId != signer.ModuleId)
        {
            throw Mismatch("module_id");
        }

        for (var register = 0; register < FirstOwnRegister; register++)
        {
            var expected = launch.TryGetValue(register, out var value) ? new Measurement(value.Bytes) : Measurement.Zero(RegisterLog.RegisterLength);
            if (!content.Pcrs.TryGetValue(register, out var actual) || actual != expected)
            {
                throw Mismatch($"register {register}");
            }
        }
    }

    static EnclaveUnavailableException Mismatch(string what) => new(HostCodes.DocumentMismatch, $"The emulated module's document has another {what} than what was started; it was not signed.");
}
