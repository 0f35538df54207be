using System.Diagnostics;
using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Amnion.Attestation.Dcap;
using Amnion.Attestation.Nitro;
using Amnion.Testing;

namespace Amnion.Attestation.Tests.Oracles;

/// <summary>A second opinion on signatures: the openssl program, over bytes cut out here by the standards' offsets and not by our parsers.</summary>
public sealed class OpenSslTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("amnion-openssl-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Agrees_on_every_snp_report()
    {
        var count = 0;
        foreach (var entry in Cases("snp", "attestation_report").Concat(Cases("snp", "synthetic")))
        {
            var files = entry.GetProperty("files").EnumerateArray().ToDictionary(file => file.GetProperty("role").GetString()!, file => Read(file.GetProperty("path").GetString()!));
            if (!files.TryGetValue("report", out var report) || report.Length != 1184 || files.Keys.FirstOrDefault(role => role is "vcek" or "vlek" or "vek") is not { } role)
            {
                continue;
            }

            // AMD 56860: the signature covers bytes 0 to 29Fh; r and s are 72 bytes each, little-endian.
            var r = new BigInteger(report.AsSpan(0x2A0, 72), isUnsigned: true);
            var s = new BigInteger(report.AsSpan(0x2E8, 72), isUnsigned: true);
            var theirs = Verifies(Key(files[role]), "-sha384", report[..0x2A0], Der(r, s));
            var ours = SignatureHolds(Attestation.SevSnp.SnpVerifier.Verify(Attestation.SevSnp.SnpReport.Parse(Version(report)), new Attestation.SevSnp.SnpVerification
            {
                Anchors = Attestation.SevSnp.SnpRoots.All,
                At = DateTimeOffset.UnixEpoch,
                Endorsements = new Endorsements { Certificates = [files[role]] },
            }), Attestation.SevSnp.SnpCodes.Signature);
            if (report[0] is >= 2 and <= 5)
            {
                // A key on another curve signs well enough for openssl; here it is refused before.
                theirs &= IsP384(files[role]);
                Assert.True(theirs == ours, entry.GetProperty("id").GetString());
                count++;
            }
        }

        Assert.True(count > 40, $"only {count} reports");

        static byte[] Version(byte[] report) => report[0] is >= 2 and <= 5 ? report : [2, .. report.AsSpan(1)];
    }

    [Fact]
    public void Agrees_on_every_quotes_own_signature()
    {
        var count = 0;
        foreach (var entry in Cases("sgx", "quote").Concat(Cases("sgx", "quote+collateral")).Concat(Cases("tdx", "quote+collateral")))
        {
            var quote = Read(entry.GetProperty("files").EnumerateArray().First(file => file.GetProperty("role").GetString() == "quote").GetProperty("path").GetString()!);
            if (!DcapQuote.TryParse(quote, out var parsed))
            {
                continue;
            }

            // Header of 48 bytes and a body: 384 (SGX), 584 (TDX 1.0); version 5 states type and length before it.
            var signed = BitConverter.ToUInt16(quote) switch { 3 => 432, 4 => 632, _ => 48 + 6 + BitConverter.ToInt32(quote, 50) };
            var signature = quote.AsSpan(signed + 4, 64);
            byte[] info = [.. Convert.FromHexString("3059301306072a8648ce3d020106082a8648ce3d030107034200"), 4, .. quote.AsSpan(signed + 68, 64)];
            var key = Path.Combine(_folder, "ak.pem");
            File.WriteAllText(key, PemEncoding.WriteString("PUBLIC KEY", info));
            var theirs = Verifies(key, "-sha256", quote[..signed], Der(Big(signature[..32]), Big(signature[32..])));
            var ours = SignatureHolds(DcapVerifier.Verify(parsed, new DcapVerification { Anchors = [DcapRoots.IntelSgxRootCa], At = DateTimeOffset.UnixEpoch }).Checks, DcapCodes.QuoteSignature);
            Assert.True(theirs == ours, entry.GetProperty("id").GetString());
            count++;
        }

        Assert.True(count > 60, $"only {count} quotes");
    }

    [Fact]
    public void Agrees_on_every_nitro_document()
    {
        var count = 0;
        foreach (var entry in Cases("nitro", "cose_sign1_attestation_document"))
        {
            var document = NitroDocument.Parse(Read(entry.GetProperty("files")[0].GetProperty("path").GetString()!));

            // RFC 9052 §4.4: Sig_structure ["Signature1", protected, h'', payload].
            var payload = document.Payload.ToArray();
            byte[] signed = [0x84, 0x6a, .. "Signature1"u8, 0x44, .. document.Protected.Span, 0x40, .. Head(payload.Length), .. payload];
            var theirs = Verifies(Key(document.Certificate.ToArray()), "-sha384", signed, Der(Big(document.Signature.Span[..48]), Big(document.Signature.Span[48..])));
            var ours = SignatureHolds(NitroVerifier.Verify(document, new NitroVerification { Anchor = NitroRoots.AwsRootG1, At = document.Timestamp }), NitroCodes.Signature);
            Assert.True(theirs == ours, entry.GetProperty("id").GetString());
            count++;
        }

        Assert.True(count > 20, $"only {count} documents");

        static byte[] Head(int length) => length < 256 ? [0x58, (byte)length] : [0x59, (byte)(length >> 8), (byte)length];
    }

    static bool IsP384(byte[] certificate)
    {
        using var loaded = certificate.AsSpan().StartsWith("-----"u8) ? X509Certificate2.CreateFromPem(System.Text.Encoding.ASCII.GetString(certificate)) : X509CertificateLoader.LoadCertificate(certificate);
        return loaded.GetECDsaPublicKey()?.KeySize == 384;
    }

    static bool SignatureHolds(IEnumerable<AttestationCheck> checks, string code) => checks.Any(check => check.Code == code && check.Outcome == CheckOutcome.Pass);

    static BigInteger Big(ReadOnlySpan<byte> value) => new(value, isUnsigned: true, isBigEndian: true);

    static byte[] Der(BigInteger r, BigInteger s)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(r);
            writer.WriteInteger(s);
        }

        return writer.Encode();
    }

    string Key(byte[] certificate)
    {
        var path = Path.Combine(_folder, "key.pem");
        var der = certificate.AsSpan().StartsWith("-----"u8) ? null : certificate;
        using var loaded = der is null ? X509Certificate2.CreateFromPem(System.Text.Encoding.ASCII.GetString(certificate)) : X509CertificateLoader.LoadCertificate(der);
        File.WriteAllText(path, PemEncoding.WriteString("PUBLIC KEY", loaded.PublicKey.ExportSubjectPublicKeyInfo()));
        return path;
    }

    bool Verifies(string key, string hash, byte[] data, byte[] signature)
    {
        var (dataPath, signaturePath) = (Path.Combine(_folder, "data"), Path.Combine(_folder, "signature"));
        File.WriteAllBytes(dataPath, data);
        File.WriteAllBytes(signaturePath, signature);
        try
        {
            using var openssl = Process.Start(new ProcessStartInfo("openssl", ["dgst", hash, "-verify", key, "-signature", signaturePath, dataPath]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var said = openssl.StandardOutput.ReadToEnd() + openssl.StandardError.ReadToEnd();
            openssl.WaitForExit();
            Assert.True(openssl.ExitCode == 0 || said.Contains("Verification failure", StringComparison.Ordinal) || said.Contains("Verification Failure", StringComparison.Ordinal), said);
            return openssl.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("openssl is not installed; the second opinion on signatures was not asked.");
            return false;
        }
    }

    static byte[] Read(string path) => File.ReadAllBytes(Path.Combine(SharedData.Folder("vectors/attestation"), path));

    static IEnumerable<JsonElement> Cases(string tee, string kind)
    {
        using var manifest = JsonDocument.Parse(Read("MANIFEST.json"));
        return manifest.RootElement.Clone().GetProperty("cases").EnumerateArray().Where(entry => entry.GetProperty("tee").GetString() == tee && entry.GetProperty("kind").GetString() == kind);
    }
}
