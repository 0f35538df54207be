using System.Collections.Immutable;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Amnion.Attestation.Nitro;

namespace Amnion.Host.Local;

/// <summary>
/// A security module that answers as the Nitro Secure Module does, with documents signed under the development root. Its keys live in
/// this process, outside the sandbox. It records the order of requests, so a test can see that registers were locked before the first key.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class DevelopmentNsm : INsm, IDisposable
{
    /// <summary>Entries kept of the trace: a boot needs some 40, the rest is a running enclave asking for documents.</summary>
    public const int MaxTrace = 512;

    /// <summary>Bytes of entropy an answer carries, as on AWS.</summary>
    const int RandomLength = 256;

    readonly DevelopmentSigner _signer;
    readonly TimeProvider _time;
    readonly PcrBank _registers;
    readonly Lock _lock = new();
    readonly List<NsmTraceEntry> _trace = [];

    internal DevelopmentNsm(DevelopmentAuthority authority, string moduleId, PcrBank registers, TimeProvider time)
    {
        _signer = new DevelopmentSigner(authority, moduleId, time);
        _time = time;
        _registers = registers;
    }

    /// <summary>The module's identifier, as documents name it.</summary>
    public string ModuleId => _signer.ModuleId;

    /// <summary>The first <see cref="MaxTrace"/> requests in order.</summary>
    public ImmutableArray<NsmTraceEntry> Trace
    {
        get
        {
            lock (_lock)
            {
                return [.. _trace];
            }
        }
    }

    /// <inheritdoc/>
    public NsmResponse Transact(NsmRequest request)
    {
        lock (_lock)
        {
            (string kind, int? register, NsmResponse response) = request switch
            {
                NsmRequest.DescribeNsm => ("DescribeNSM", null, Describe()),
                NsmRequest.GetRandom => ("GetRandom", null, new NsmResponse.GetRandom(RandomNumberGenerator.GetBytes(RandomLength))),
                NsmRequest.DescribePcr pcr => ("DescribePCR", pcr.Index, _registers.Describe(pcr.Index)),
                NsmRequest.ExtendPcr pcr => ("ExtendPCR", pcr.Index, _registers.Extend(pcr.Index, pcr.Data.Span)),
                NsmRequest.LockPcr pcr => ("LockPCR", pcr.Index, _registers.Lock(pcr.Index)),
                NsmRequest.LockPcrs pcrs => ("LockPCRs", pcrs.Range, _registers.LockRange(pcrs.Range)),
                NsmRequest.Attestation attestation => ("Attestation", null, Attest(attestation)),
                _ => ((string, int?, NsmResponse))("Unknown", null, new NsmResponse.Error(NsmErrorCode.InvalidOperation)),
            };
            if (_trace.Count < MaxTrace)
            {
                _trace.Add(new NsmTraceEntry(kind, register, response is NsmResponse.Error));
            }

            return response;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _signer.Dispose();
        }
    }

    NsmResponse.DescribeNsm Describe() => new NsmResponse.DescribeNsm(1, 0, 0, ModuleId, PcrBank.Count, _registers.LockedIndexes, "SHA384");

    NsmResponse Attest(NsmRequest.Attestation request)
    {
        try
        {
            return new NsmResponse.Attestation(_signer.Sign(new NitroDocumentContent
            {
                ModuleId = ModuleId,
                Timestamp = _time.GetUtcNow(),
                Pcrs = _registers.LockedValues,
                Certificate = default,
                CaBundle = [],
                PublicKey = request.PublicKey,
                UserData = request.UserData,
                Nonce = request.Nonce,
            }));
        }
        catch (ArgumentException)
        {
            // A member outside its limits; the real module answers the same.
            return new NsmResponse.Error(NsmErrorCode.InvalidArgument);
        }
    }
}
