using System.Security.Cryptography;

namespace Amnion.Images.Eif;

/// <summary>What one pass over an image gives.</summary>
/// <param name="Registers">The registers the image will have.</param>
/// <param name="Checksum">CRC-32 of header and sections.</param>
/// <param name="ChecksumMatches">Whether the header states this checksum.</param>
public sealed record EifMeasurement(ImageRegisters Registers, uint Checksum, bool ChecksumMatches)
{
    internal static EifMeasurement Of(EifImage image)
    {
        var checksum = default(Crc32);
        checksum.Append(image.Header.AsSpan(0, EifFormat.ChecksumAt));
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA384);
        using var bootstrap = IncrementalHash.CreateHash(HashAlgorithmName.SHA384);
        using var application = IncrementalHash.CreateHash(HashAlgorithmName.SHA384);
        var ramdisks = 0;
        foreach (var section in image.Sections)
        {
            // The part of the file, so that the section's own header is covered by the checksum.
            image.File.Slice(section.Offset, EifFormat.SectionHeaderLength).ReadAll(piece => checksum.Append(piece));
            var measured = section.Type is EifSectionType.Kernel or EifSectionType.CommandLine or EifSectionType.Ramdisk;
            ramdisks += section.Type == EifSectionType.Ramdisk ? 1 : 0;
            var part = ramdisks > 1 ? application : bootstrap;
            section.Content.ReadAll(piece =>
            {
                checksum.Append(piece);
                if (measured)
                {
                    all.AppendData(piece);
                    part.AppendData(piece);
                }
            });
        }

        var registers = new ImageRegisters
        {
            Image = ImageRegisters.Extend(all.GetHashAndReset()),
            Bootstrap = ImageRegisters.Extend(bootstrap.GetHashAndReset()),
            Application = ImageRegisters.Extend(application.GetHashAndReset()),
            Certificate = image.ReadSignature()?.CertificateRegister,
        };
        return new EifMeasurement(registers, checksum.Value, checksum.Value == image.StoredChecksum);
    }
}
