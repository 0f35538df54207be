using System.Buffers.Binary;
using System.Security.Cryptography;
using Amnion.Images.Eif;
using Amnion.Records;

namespace Amnion.Images.Tests;

public sealed class EifTests
{
    // Found in public enclaves: an image with one ramdisk has no application.
    const string EmptyApplication = "21b9efbc184807662e966d34f390821309eeac6802309798826296bf3e8bec7c10edb30948c90ba67310f7b964fc500a";

    [Fact]
    public void The_checksum_is_zlibs()
    {
        var checksum = default(Crc32);
        checksum.Append("1234"u8);
        checksum.Append("56789"u8);
        Assert.Equal(0xCBF43926u, checksum.Value);
    }

    [Fact]
    public void A_written_image_reads_back()
    {
        var bytes = Images.Small();
        var image = Images.Read(bytes);
        Assert.Equal(ImageArchitecture.X64, image.Architecture);
        Assert.Equal([EifSectionType.Kernel, EifSectionType.CommandLine, EifSectionType.Metadata, EifSectionType.Ramdisk, EifSectionType.Ramdisk], image.Sections.Select(section => section.Type));
        Assert.Equal("reboot=k panic=30", image.CommandLine);
        Assert.Equal(Images.Kernel, image.Kernel.ToArray(1000));
        Assert.Equal(548, image.Sections[0].Offset);
        Assert.Equal(bytes.Length, image.Length);
        Assert.True(image.Measure().ChecksumMatches);
        Assert.False(image.IsSigned);
        Assert.Equal(Images.Small(), bytes);
    }

    [Fact]
    public void The_header_has_the_published_layout()
    {
        var bytes = Images.Small();
        Assert.Equal(".eif\0\u0004\0\0\0\0\0\0"u8.ToArray(), bytes[..12]);
        Assert.Equal(1073741824ul, BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(8)));
        Assert.Equal(5, BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(0x1a)));
        Assert.Equal(548ul, BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(0x1c)));
        Assert.Equal((ulong)Images.Kernel.Length, BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(0x11c)));
        Assert.Equal(548ul + 12 + (ulong)Images.Kernel.Length, BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(0x24)));
        var checksum = default(Crc32);
        checksum.Append(bytes.AsSpan(0, 0x220));
        checksum.Append(bytes.AsSpan(548));
        Assert.Equal(checksum.Value, BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(0x220)));
    }

    [Fact]
    public void The_processor_is_flag_bit_0() =>
        Assert.Equal(ImageArchitecture.Arm64, Images.Read(Images.Build(Images.Default(), ImageArchitecture.Arm64)).Architecture);

    [Fact]
    public void Registers_follow_the_published_formulas()
    {
        var registers = Images.Read(Images.Small()).Measure().Registers;
        var line = "reboot=k panic=30"u8;
        Assert.Equal(Pcr([.. Images.Kernel, .. line, .. Images.Bootstrap, .. Images.Application]), registers.Image.Hex);
        Assert.Equal(Pcr([.. Images.Kernel, .. line, .. Images.Bootstrap]), registers.Bootstrap.Hex);
        Assert.Equal(Pcr(Images.Application), registers.Application.Hex);
        Assert.Null(registers.Certificate);
        Assert.Equal([0, 1, 2], registers.ByNumber.Keys);
    }

    [Fact]
    public void An_image_with_one_ramdisk_has_the_known_register_2()
    {
        var parts = Images.Default();
        parts.RemoveAt(4);
        var registers = Images.Read(Images.Build(parts)).Measure().Registers;
        Assert.Equal(EmptyApplication, registers.Application.Hex);
        Assert.Equal(registers.Image, registers.Bootstrap);
    }

    [Fact]
    public void Altering_any_byte_of_a_measured_section_changes_exactly_its_registers()
    {
        var bytes = Images.Small();
        var image = Images.Read(bytes);
        var before = image.Measure().Registers;
        var ramdisk = 0;
        foreach (var section in image.Sections)
        {
            ramdisk += section.Type == EifSectionType.Ramdisk ? 1 : 0;
            int[] expected = section.Type == EifSectionType.Metadata ? [] : ramdisk == 2 ? [0, 2] : [0, 1];
            var start = (int)section.Offset + 12;
            for (var at = start; at < start + section.Content.Length; at++)
            {
                // Within printable ASCII, which is all that a command line may hold.
                var altered = bytes.ToArray();
                altered[at] ^= 1;
                var measured = Images.Read(altered).Measure();
                Assert.Equal(expected, Changed(before, measured.Registers));
                Assert.False(measured.ChecksumMatches);
            }
        }
    }

    [Fact]
    public void Every_part_of_the_header_that_says_something_else_is_refused()
    {
        Refused(0, bytes => bytes[0] = (byte)'E', "magic");
        Refused(4, bytes => bytes[5] = 3, "version");
        Refused(6, bytes => bytes[7] = 2, "flags");
        Refused(0x18, bytes => bytes[0x18] = 1, "reserved");
        Refused(0x1a, bytes => bytes[0x1b] = 33, "num_sections");
        Refused(0x1a, bytes => bytes[0x1b] = 1, "num_sections");
        Refused(0x1c + 7, bytes => bytes[0x1c + 7]++, "section_offsets[0]", 0x1c);
        Refused(0x24 + 7, bytes => bytes[0x24 + 7]++, "section_offsets[1]", 0x24);
        Refused(0x11c + 7, bytes => bytes[0x11c + 7]++, "section_sizes[0]", 0x11c);
        Refused(0x11b, bytes => bytes[0x11b] = 1, "section_offsets");
        Refused(0x21b, bytes => bytes[0x21b] = 1, "section_sizes");
        Refused(0x21c, bytes => bytes[0x21c] = 1, "unused");
        Refused(548, bytes => bytes[549] = 0, "section[0].type");
        Refused(548, bytes => bytes[549] = 6, "section[0].type");
        Refused(550, bytes => bytes[551] = 1, "section[0].flags");
        Refused(552, bytes => bytes[552] = 0x80, "section[0].size");
        Refused(548, bytes => bytes[549] = 2, "sections", 0x1a);
    }

    [Fact]
    public void Bytes_after_the_last_section_and_truncations_are_refused()
    {
        var bytes = Images.Small();
        Assert.Equal("file", Assert.Throws<EifFormatException>(() => Images.Read([.. bytes, 0])).Field);
        for (var length = 0; length < bytes.Length; length += 7)
        {
            Assert.Throws<EifFormatException>(() => Images.Read(bytes[..length]));
        }
    }

    [Fact]
    public void Sections_in_another_order_or_number_are_refused()
    {
        var parts = Images.Default();
        foreach (var other in (List<EifPart>[])
        [
            [parts[1], parts[0], parts[2], parts[3]],
            [parts[0], parts[2], parts[1], parts[3]],
            [parts[0], parts[1], parts[3]],
            [parts[0], parts[1], parts[2]],
            [parts[0], parts[1], parts[2], parts[2], parts[3]],
            [parts[0], parts[0], parts[2], parts[3]],
            [parts[0], parts[1], parts[2], Images.Part(EifSectionType.Signature, [0x80]), parts[3]],
            [parts[0], Images.Part(EifSectionType.CommandLine, "a\nb"u8), parts[2], parts[3]],
            [parts[0], Images.Part(EifSectionType.CommandLine, new byte[5000]), parts[2], parts[3]],
        ])
        {
            Assert.Throws<EifFormatException>(() => Images.Read(Images.Build(other)));
        }
    }

    [Fact]
    public void A_part_that_gives_other_bytes_than_it_said_is_not_written()
    {
        var parts = Images.Default();
        parts[0] = new EifPart(EifSectionType.Kernel, 10, stream => stream.Write(new byte[9]));
        Assert.Equal(ImageCodes.InputUnfit, Assert.Throws<ImageException>(() => Images.Build(parts)).Code);
    }

    [Fact]
    public void A_file_is_read_in_place()
    {
        using var folder = new TempFolder();
        var path = folder.Write("image.eif", Images.Small());
        var image = EifImage.Open(path);
        Assert.Equal(Images.Read(Images.Small()).Measure(), image.Measure());
        Assert.Equal(Digest.Sha384(Images.Kernel), image.Kernel.Sha384());
        File.WriteAllBytes(path, Images.Small()[..600]);
        Assert.Throws<ImageException>(() => image.Measure());
    }

    [Fact]
    public void No_mutation_crashes_the_reader() => Fuzz.Run(41, [Images.Small()], bytes =>
    {
        try
        {
            _ = Images.Read(bytes).Measure();
        }
        catch (ImageFormatException exception)
        {
            Assert.InRange(exception.Offset, 0, bytes.Length);
        }
    });

    static void Refused(int at, Action<byte[]> alter, string field, int? offset = null)
    {
        var bytes = Images.Small();
        alter(bytes);
        var exception = Assert.Throws<EifFormatException>(() => Images.Read(bytes));
        Assert.Equal(field, exception.Field);
        Assert.Equal(offset ?? at, exception.Offset);
        Assert.Equal(ImageCodes.EifMalformed, exception.Code);
    }

    static int[] Changed(ImageRegisters a, ImageRegisters b) => [.. a.ByNumber.Where(pair => b.ByNumber[pair.Key] != pair.Value).Select(pair => pair.Key)];

    static string Pcr(byte[] content) => Convert.ToHexStringLower(SHA384.HashData([.. new byte[48], .. SHA384.HashData(content)]));
}
