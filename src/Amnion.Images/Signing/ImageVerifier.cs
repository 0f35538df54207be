using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation;
using Amnion.Images.Cpio;
using Amnion.Images.Eif;
using Amnion.Images.Explaining;
using Amnion.Records;

namespace Amnion.Images.Signing;

/// <summary>Checks an image against itself, its signature, and the values somebody expects.</summary>
public static class ImageVerifier
{
    const string Specification = "aws-nitro-enclaves-image-format, EIF specification";

    /// <summary>Every check, in order. A signature says who vouches for an image only to those who know the certificate: expect register 8.</summary>
    /// <param name="image">The image.</param>
    /// <param name="measured">Its measurement.</param>
    /// <param name="at">The time at which the certificate must be valid.</param>
    /// <param name="expected">Register → values of which one must be found; may be empty.</param>
    /// <param name="requireSignature">Whether an image without signature is refused.</param>
    public static ImmutableArray<AttestationCheck> Verify(EifImage image, EifMeasurement measured, DateTimeOffset at, IReadOnlyDictionary<int, ImmutableArray<Digest>> expected, bool requireSignature)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(measured);
        ArgumentNullException.ThrowIfNull(expected);
        var checks = ImmutableArray.CreateBuilder<AttestationCheck>();
        checks.Add(Check(ImageCodes.Checksum, "the header's checksum is the content's", measured.ChecksumMatches, Hex(measured.Checksum), Hex(image.StoredChecksum)));
        var signature = image.ReadSignature();
        checks.Add(new AttestationCheck
        {
            Code = ImageCodes.Signed,
            Name = "the image is signed",
            Outcome = signature is not null ? CheckOutcome.Pass : requireSignature ? CheckOutcome.Fail : CheckOutcome.Skip,
            Required = requireSignature,
            Expected = "a signature section",
            Actual = signature is null ? "none" : "a signature section",
            Source = Specification,
        });
        if (signature is not null)
        {
            AddSignature(checks, signature, measured.Registers, at);
        }

        AddCommandLine(checks, image);
        foreach (var (register, values) in expected.OrderBy(pair => pair.Key))
        {
            AddRegister(checks, measured.Registers, register, values);
        }

        return checks.ToImmutable();
    }

    /// <summary>Whether the signature verifies: the key is the certificate's, the algorithm that of its curve.</summary>
    public static bool IsSignatureValid(EifSignature signature)
    {
        ArgumentNullException.ThrowIfNull(signature);
        using var certificate = X509CertificateLoader.LoadCertificate(signature.Certificate.Span);
        using var key = certificate.GetECDsaPublicKey();
        return key is not null && (int)signature.Message.Algorithm == AlgorithmOf(key.KeySize) && signature.Message.Verify(key);
    }

    static void AddSignature(ImmutableArray<AttestationCheck>.Builder checks, EifSignature signature, ImageRegisters registers, DateTimeOffset at)
    {
        checks.Add(Check(ImageCodes.SignedRegister, "what was signed is register 0 of this image", signature.Value == registers.Image, registers.Image.Hex, signature.Value.Hex));
        checks.Add(Check(ImageCodes.Signature, "the signature verifies under the certificate's key", IsSignatureValid(signature), "a valid signature", signature.Message.Algorithm.ToString()));
        using var certificate = X509CertificateLoader.LoadCertificate(signature.Certificate.Span);
        var (from, until) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
        var valid = at.UtcDateTime >= from && at.UtcDateTime <= until;
        checks.Add(Check(ImageCodes.CertificateTime, "the signing certificate is valid at that time", valid, Time(at.UtcDateTime), $"{Time(from)} to {Time(until)}"));
    }

    // Registers do not say where the command line begins and ends: an equal value is no proof of an equal line.
    static void AddCommandLine(ImmutableArray<AttestationCheck>.Builder checks, EifImage image)
    {
        const string Name = "the command line is the one the image was built with";
        try
        {
            if (ImageContents.StatedCommandLine(image) is { } stated)
            {
                checks.Add(Check(ImageCodes.CommandLine, Name, stated == image.CommandLine, Printable.Escape(stated), image.CommandLine));
            }
        }
        catch (CpioFormatException exception)
        {
            // As foreign tools write them, or one of ours cut in two: the registers are the same then, and PID 1 alone compares.
            checks.Add(Check(ImageCodes.CommandLine, Name, false, "a ramdisk that can be read", exception.Message) with { Outcome = CheckOutcome.Skip, Required = false });
        }
    }

    static void AddRegister(ImmutableArray<AttestationCheck>.Builder checks, ImageRegisters registers, int register, ImmutableArray<Digest> values)
    {
        var number = register.ToString(CultureInfo.InvariantCulture);
        if (register is not (0 or 1 or 2 or 8))
        {
            // Registers 3 and 4 follow from where the enclave runs, 16 and above from what it does.
            checks.Add(new AttestationCheck
            {
                Code = ImageCodes.Register,
                Name = $"register {number} is not fixed by an image",
                Kind = CheckKind.Policy,
                Outcome = CheckOutcome.Skip,
                Required = false,
                Expected = string.Join(" or ", values.Select(value => value.Hex)),
                Actual = "nothing",
                Source = Specification,
            });
            return;
        }

        // Register 8 of an unsigned image is zero at run time.
        var actual = registers.ByNumber.TryGetValue(register, out var found) ? found : Digest.FromBytes(new byte[RegisterLog.RegisterLength]);
        checks.Add(Check(ImageCodes.Register, $"register {number} has an expected value", values.Contains(actual), string.Join(" or ", values.Select(value => value.Hex)), actual.Hex) with { Kind = CheckKind.Policy });
    }

    static AttestationCheck Check(string code, string name, bool holds, string expected, string actual) => new()
    {
        Code = code,
        Name = name,
        Outcome = holds ? CheckOutcome.Pass : CheckOutcome.Fail,
        Expected = expected,
        Actual = actual,
        Source = Specification,
    };

    static int AlgorithmOf(int bits) => bits switch { 256 => -7, 384 => -35, 521 => -36, _ => 0 };

    static string Hex(uint value) => value.ToString("x8", CultureInfo.InvariantCulture);

    static string Time(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
