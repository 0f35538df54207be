using System.Runtime.Versioning;
using Amnion.Attestation.Nitro;

namespace Amnion.Host.Local;

/// <summary>Signs documents of one emulated module under the development root, with a leaf that is replaced before it expires. Not safe for concurrent use.</summary>
[SupportedOSPlatform("linux")]
sealed class DevelopmentSigner(DevelopmentAuthority authority, string moduleId, TimeProvider time) : IDisposable
{
    /// <summary>A new leaf is made when the old one has less than this left, so that no caller gets a document about to expire.</summary>
    static readonly TimeSpan Renewal = TimeSpan.FromHours(1);

    DevelopmentLeaf? _leaf;

    /// <summary>The module's identifier, which the leaf names too.</summary>
    internal string ModuleId => moduleId;

    /// <summary>Signs; certificate and bundle of <paramref name="content"/> are replaced by the development root's.</summary>
    /// <exception cref="ArgumentException">A member outside its limits.</exception>
    internal byte[] Sign(NitroDocumentContent content)
    {
        if (_leaf is null || _leaf.NotAfter - time.GetUtcNow() < Renewal)
        {
            _leaf?.Dispose();
            _leaf = authority.Issue(moduleId);
        }

        return NitroDocumentWriter.Write(content with { Certificate = _leaf.Certificate, CaBundle = _leaf.Bundle }, _leaf.Key);
    }

    public void Dispose()
    {
        _leaf?.Dispose();
        _leaf = null;
    }
}
