using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amnion.Records;

namespace Amnion.Host.Local;

/// <summary>
/// The development root: a P-384 key and a self-signed certificate, made on this machine at first use, in no trust store. It issues
/// chains shaped like AWS's (root → intermediate → leaf, ecdsa-with-SHA384, critical basicConstraints and keyUsage), so the same
/// verifier reads both. It proves nothing about hardware; every subject says EMULATED.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class DevelopmentAuthority : IDisposable
{
    /// <summary>Life of a leaf, as on AWS (attestation process §3.2.3).</summary>
    public static readonly TimeSpan LeafLife = TimeSpan.FromHours(3);

    /// <summary>Life of the root.</summary>
    static readonly TimeSpan RootLife = TimeSpan.FromDays(3650);

    /// <summary>Certificates begin a little early, for relying parties whose clock is behind.</summary>
    static readonly TimeSpan Backdate = TimeSpan.FromMinutes(5);

    const string KeyFile = "root.key";
    const string CertificateFile = "root.pem";
    const string Organization = "O=EMULATED - not a security boundary";
    const long MaxFileLength = 16 * 1024;
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    readonly ECDsa _key;
    readonly TimeProvider _time;

    DevelopmentAuthority(ECDsa key, X509Certificate2 root, TimeProvider time)
    {
        _key = key;
        Root = root;
        _time = time;
        AnchorDigest = Digest.Sha256(root.PublicKey.ExportSubjectPublicKeyInfo()).ToString();
    }

    /// <summary>The root's certificate, without its key.</summary>
    public X509Certificate2 Root { get; }

    /// <summary>What policies name: "sha256:" and the hash of the root's SubjectPublicKeyInfo.</summary>
    public string AnchorDigest { get; }

    /// <summary>Opens the root in <paramref name="directory"/>, or makes one there (directory 0700, files 0600).</summary>
    /// <exception cref="DevelopmentRootException">It is readable by others, incomplete, or does not parse.</exception>
    public static DevelopmentAuthority Open(string directory, TimeProvider time)
    {
        try
        {
            Directory.CreateDirectory(directory, RunDirectory.Private);
            var keyPath = Path.Combine(directory, KeyFile);
            if (!File.Exists(keyPath))
            {
                Create(directory, time);
            }

            return Load(directory, time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new DevelopmentRootException($"The development root in \"{directory}\" cannot be used: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _key.Dispose();
        Root.Dispose();
    }

    /// <summary>A fresh leaf for a module, under a fresh intermediate; both live for <see cref="LeafLife"/>.</summary>
    internal DevelopmentLeaf Issue(string moduleId)
    {
        var from = _time.GetUtcNow() - Backdate;
        var to = from + Backdate + LeafLife;
        using var intermediateKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var intermediate = Sign(Request("CN=EMULATED Amnion development intermediate", intermediateKey, pathLength: 0), Root.SubjectName, _key, from, to);
        var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var leaf = Sign(Request($"CN=EMULATED {moduleId}", leafKey, pathLength: null), intermediate.SubjectName, intermediateKey, from, to);
        return new DevelopmentLeaf(leafKey, leaf.RawData, [Root.RawData, intermediate.RawData], to);
    }

    static void Create(string directory, TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var request = Request("CN=EMULATED Amnion development root", key, pathLength: null, isRoot: true);
        var now = time.GetUtcNow();
        using var root = Sign(request, request.SubjectName, key, now - Backdate, now + RootLife);

        // Key and certificate stand in one file, so two first uses at once cannot mix them: whoever moves its file into place wins.
        var temporary = Path.Combine(directory, $"new-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}");
        Write(temporary, key.ExportPkcs8PrivateKeyPem() + "\n" + root.ExportCertificatePem() + "\n");
        try
        {
            File.Move(temporary, Path.Combine(directory, KeyFile), overwrite: false);
        }
        catch (IOException) when (File.Exists(Path.Combine(directory, KeyFile)))
        {
            File.Delete(temporary);
        }
    }

    static DevelopmentAuthority Load(string directory, TimeProvider time)
    {
        var path = Path.Combine(directory, KeyFile);
        var info = new FileInfo(path);
        if ((info.UnixFileMode & ~OwnerOnly) != 0)
        {
            throw new DevelopmentRootException($"\"{path}\" may be read or written by others; expected mode 0600.");
        }

        if (info.Length > MaxFileLength)
        {
            throw new DevelopmentRootException($"\"{path}\" is {info.Length} bytes; at most {MaxFileLength} are accepted.");
        }

        var pem = File.ReadAllText(path);
        var root = X509Certificate2.CreateFromPem(pem);
        var key = ECDsa.Create();
        key.ImportFromPem(pem.AsSpan(0, Math.Max(0, pem.IndexOf("-----BEGIN CERTIFICATE", StringComparison.Ordinal))));
        if (!key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(root.PublicKey.ExportSubjectPublicKeyInfo()))
        {
            throw new DevelopmentRootException($"\"{path}\" holds a certificate of another key.");
        }

        // For people and for verifiers on other machines; nothing reads it back.
        var copy = Path.Combine(directory, CertificateFile);
        if (!File.Exists(copy))
        {
            Write(copy, root.ExportCertificatePem() + "\n");
        }

        return new DevelopmentAuthority(key, root, time);
    }

    static void Write(string path, string text)
    {
        using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly });
        file.Write(System.Text.Encoding.ASCII.GetBytes(text));
        file.Flush(flushToDisk: true);
    }

    static CertificateRequest Request(string commonName, ECDsa key, int? pathLength, bool isRoot = false)
    {
        var request = new CertificateRequest($"{commonName},{Organization}", key, HashAlgorithmName.SHA384);
        var isAuthority = isRoot || pathLength is not null;
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, pathLength is not null, pathLength ?? 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            isAuthority ? X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign : X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation,
            critical: true));
        return request;
    }

    static X509Certificate2 Sign(CertificateRequest request, X500DistinguishedName issuer, ECDsa issuerKey, DateTimeOffset from, DateTimeOffset to)
    {
        // RFC 5280 §4.1.2.2: positive and at most 20 octets; the first bit clear makes it positive.
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7f) | 0x40);
        return request.Create(issuer, X509SignatureGenerator.CreateForECDsa(issuerKey), from, to, serial);
    }
}
