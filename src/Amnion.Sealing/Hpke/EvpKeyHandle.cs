using Microsoft.Win32.SafeHandles;

namespace Amnion.Sealing;

/// <summary>An OpenSSL EVP_PKEY. Each use adds a reference, so disposal during a use is safe.</summary>
sealed class EvpKeyHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibCrypto.FreeKey(handle);
        return true;
    }
}
