using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Amnion.Sealing;

/// <summary>The ten functions of OpenSSL 3 that X25519 needs; the library is the one the BCL itself runs on.</summary>
static partial class LibCrypto
{
    const string Library = "libcrypto.so.3";

    /// <summary>EVP_PKEY_X25519 (openssl/obj_mac.h, NID_X25519).</summary>
    const int KeyTypeX25519 = 1034;

    public static bool IsAvailable()
    {
        if (!NativeLibrary.TryLoad(Library, typeof(LibCrypto).Assembly, DllImportSearchPath.SafeDirectories, out var library))
        {
            return false;
        }

        // Present but built without the curve: key creation fails, and the suite is not offered either.
        if (!NativeLibrary.TryGetExport(library, "EVP_PKEY_new_raw_private_key", out _))
        {
            return false;
        }

        using var probe = NewRawPrivateKey(KeyTypeX25519, 0, new byte[X25519.KeyLength], X25519.KeyLength);
        return !probe.IsInvalid;
    }

    public static EvpKeyHandle ImportPrivate(ReadOnlySpan<byte> privateKey)
    {
        var key = NewRawPrivateKey(KeyTypeX25519, 0, privateKey, (nuint)privateKey.Length);
        return key.IsInvalid ? throw Failure() : key;
    }

    public static byte[] ExportPublic(EvpKeyHandle key)
    {
        var publicKey = new byte[X25519.KeyLength];
        nuint length = X25519.KeyLength;
        if (GetRawPublicKey(key, publicKey, ref length) != 1 || length != X25519.KeyLength)
        {
            throw Failure();
        }

        return publicKey;
    }

    public static bool TryDerive(EvpKeyHandle key, ReadOnlySpan<byte> peer, Span<byte> agreement)
    {
        using var peerKey = NewRawPublicKey(KeyTypeX25519, 0, peer, (nuint)peer.Length);
        if (peerKey.IsInvalid)
        {
            ClearErrors();
            return false;
        }

        var context = NewContext(key, 0);
        if (context == 0)
        {
            throw Failure();
        }

        try
        {
            var length = (nuint)agreement.Length;
            var derived = DeriveInit(context) == 1
                && DeriveSetPeer(context, peerKey) == 1
                && Derive(context, agreement, ref length) == 1
                && length == (nuint)agreement.Length;
            if (!derived)
            {
                // The BCL reads the same thread's error queue; what we leave there would be reported as its own failure.
                ClearErrors();
            }

            return derived;
        }
        finally
        {
            FreeContext(context);
        }
    }

    static CryptographicException Failure()
    {
        ClearErrors();
        return new CryptographicException("OpenSSL refused an X25519 operation.");
    }

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_private_key")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial EvpKeyHandle NewRawPrivateKey(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_public_key")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial EvpKeyHandle NewRawPublicKey(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_get_raw_public_key")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetRawPublicKey(EvpKeyHandle key, Span<byte> publicKey, ref nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_free")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial void FreeKey(nint key);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_CTX_new")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint NewContext(EvpKeyHandle key, nint engine);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_CTX_free")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_derive_init")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int DeriveInit(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_derive_set_peer")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int DeriveSetPeer(nint context, EvpKeyHandle peer);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_derive")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Derive(nint context, Span<byte> agreement, ref nuint length);

    [LibraryImport(Library, EntryPoint = "ERR_clear_error")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void ClearErrors();
}
