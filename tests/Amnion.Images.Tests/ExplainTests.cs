using System.Text;
using Amnion.Images.Building;
using Amnion.Images.Content;
using Amnion.Images.Cpio;
using Amnion.Images.Eif;
using Amnion.Images.Explaining;
using Amnion.Records;

namespace Amnion.Images.Tests;

public sealed class ExplainTests
{
    [Fact]
    public void Equal_images_have_no_difference() => Assert.Empty(ImageComparison.Compare(Images.Read(Images.Small()), Images.Read(Images.Small())));

    [Fact]
    public void A_changed_line_of_a_file_in_a_ramdisk_is_named()
    {
        var difference = Assert.Single(Compare(4, new CpioWriter(Images.Tree(("app/program", "one\ntwo and a half\nthree\n"), ("etc/name", "a\n"))).ToArray()));
        Assert.Equal((ImageContents.Application, "app/program", "changed"), (difference.Section, difference.Path, difference.Problem));
        Assert.Equal([0, 2], difference.Registers);
        Assert.Equal(["line 2: - two", "line 2: + two and a half"], difference.Details);
    }

    [Fact]
    public void Added_removed_and_retyped_files_are_named()
    {
        var tree = Images.Tree(("app/other", "x"), ("etc/name", "a\n"));
        tree.Add("app/program", new Tree.TreeNode.Link("other"));
        var differences = Compare(4, new CpioWriter(tree).ToArray());
        Assert.Equal(["app/other", "app/program"], differences.Select(difference => difference.Path));
        Assert.Equal(["only in the second image", "is a File and a Link"], differences.Select(difference => difference.Problem));
    }

    [Fact]
    public void Kernel_and_command_line_reach_registers_0_and_1()
    {
        var kernel = Assert.Single(Compare(0, [.. Images.Kernel[..^1], 0]));
        Assert.Equal([0, 1], kernel.Registers);
        Assert.Equal(["300 and 300 bytes; the first difference is at byte 299"], kernel.Details);
        var line = Assert.Single(Compare(1, "reboot=k panic=31"u8.ToArray()));
        Assert.Equal(["line 1: - reboot=k panic=30", "line 1: + reboot=k panic=31"], line.Details);
    }

    [Fact]
    public void Metadata_reaches_no_register_and_its_members_are_named()
    {
        var difference = Assert.Single(Compare(2, Encoding.UTF8.GetBytes(Images.Metadata.Replace("6.12", "6.13", StringComparison.Ordinal))));
        Assert.Empty(difference.Registers);
        Assert.Equal(["BuildMetadata.KernelVersion: \"6.12\" → \"6.13\""], difference.Details);
    }

    [Fact]
    public void The_same_files_in_another_archive_are_told_apart()
    {
        var difference = Assert.Single(Compare(4, [.. Images.Application, 0, 0, 0, 0]));
        Assert.Null(difference.Path);
        Assert.Contains("same files", difference.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_cannot_move_the_cursor()
    {
        var difference = Compare(4, new CpioWriter(Images.Tree(("app/program", "one\n\u001b[2Jtwo\n"), ("etc/name", "a\n"))).ToArray()).Single();
        Assert.All(difference.Details, detail => Assert.DoesNotContain('\u001b', detail));
    }

    [Fact]
    public void Expected_registers_are_read_in_every_form()
    {
        var hex = new string('a', 96);
        Assert.Equal([0, 8], Parse($$"""{"Measurements":{"HashAlgorithm":"Sha384 { ... }","PCR0":"{{hex}}","PCR8":"{{hex}}"} }""").Values.Keys);
        Assert.Equal([2], Parse($$"""{"PCR2":"{{hex}}"}""").Values.Keys);
        Assert.Equal([1], Parse($$"""{"format":"amnion/measurements/1","registers":{"1":"{{hex}}"} }""").Values.Keys);
        Assert.Throws<RecordFormatException>(() => Parse("{}"));
        Assert.Throws<RecordFormatException>(() => Parse("[]"));
        Assert.Throws<RecordFormatException>(() => Parse("""{"PCR0":"00"}"""));
    }

    [Fact]
    public void Against_registers_the_sections_that_can_be_the_cause_are_named()
    {
        var image = Images.Read(Images.Small());
        var registers = image.Measure().Registers;
        var other = registers.Bootstrap.Hex;
        var expected = Parse($$"""{"PCR0":"{{other}}","PCR1":"{{registers.Bootstrap.Hex}}","PCR2":"{{other}}"}""");
        Assert.Equal([0, 2], ExpectedComparison.Differing(registers, expected.Values));
        var difference = Assert.Single(ExpectedComparison.Compare(image, registers, expected));
        Assert.Equal(ImageContents.Application, difference.Section);
        Assert.Equal(2, difference.Details.Length);
        Assert.StartsWith("app/program: 14 bytes, sha384:", difference.Details[0], StringComparison.Ordinal);
        Assert.Empty(ExpectedComparison.Compare(image, registers, Parse($$"""{"PCR0":"{{registers.Image.Hex}}"}""")));
    }

    [Fact]
    public void Against_another_builds_inputs_the_file_is_named()
    {
        using var folder = new TempFolder();
        ImageBuilder.Build(TestBuild.Request(folder), folder.Combine("a.eif"));
        ImageBuilder.Build(TestBuild.Request(folder) with { Init = ImageContent.FromBytes("another"u8.ToArray()) }, folder.Combine("b.eif"));
        var image = EifImage.Open(folder.Combine("a.eif"));
        var expected = ExpectedRegisters.Parse(File.ReadAllBytes(folder.Combine("b.eif.inputs.json")));
        var difference = Assert.Single(ExpectedComparison.Compare(image, image.Measure().Registers, expected));
        Assert.Equal((ImageContents.Bootstrap, "init", "changed"), (difference.Section, difference.Path, difference.Problem));
    }

    static System.Collections.Immutable.ImmutableArray<ImageDifference> Compare(int part, byte[] content)
    {
        var parts = Images.Default();
        parts[part] = Images.Part(parts[part].Type, content);
        return ImageComparison.Compare(Images.Read(Images.Small()), Images.Read(Images.Build(parts)));
    }

    static ExpectedRegisters Parse(string json) => ExpectedRegisters.Parse(Encoding.UTF8.GetBytes(json));
}
