using System.Collections.Immutable;
using System.Globalization;
using Amnion.Images.Building;
using Amnion.Images.Cpio;
using Amnion.Images.Eif;
using Amnion.Records;

namespace Amnion.Images.Explaining;

/// <summary>Compares an image with registers that somebody expects, and with the inputs of another build where they are known.</summary>
public static class ExpectedComparison
{
    const int MaxListed = 40;

    /// <summary>Registers of which both sides say something, or that an image fixes, and that differ.</summary>
    public static ImmutableArray<int> Differing(ImageRegisters actual, IReadOnlyDictionary<int, Digest> expected)
    {
        ArgumentNullException.ThrowIfNull(actual);
        ArgumentNullException.ThrowIfNull(expected);
        var values = actual.ByNumber;
        var zero = Digest.FromBytes(new byte[RegisterLog.RegisterLength]);
        return [.. expected.Where(pair => pair.Key is 0 or 1 or 2 or 8 && pair.Value != (values.TryGetValue(pair.Key, out var value) ? value : zero)).Select(pair => pair.Key)
            .Concat(values.ContainsKey(8) && !expected.ContainsKey(8) ? [8] : []).Order()];
    }

    /// <summary>With inputs: what differs between them. Without: what feeds the registers that differ.</summary>
    public static ImmutableArray<ImageDifference> Compare(EifImage image, ImageRegisters actual, ExpectedRegisters expected)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(expected);
        var registers = Differing(actual, expected.Values);
        if (registers.IsEmpty)
        {
            return [];
        }

        var items = ImageContents.List(image).Where(item => item.Kind == CpioKind.File).ToList();
        return expected.Inputs is { } inputs ? FromInputs(items, inputs) : FromRegisters(image, registers, expected.Values.Keys);
    }

    static ImmutableArray<ImageDifference> FromInputs(List<ImageItem> items, ImageInputs inputs)
    {
        var result = ImmutableArray.CreateBuilder<ImageDifference>();
        var known = inputs.Inputs.Where(input => input.Section != ImageInput.Build).DistinctBy(input => (input.Section, input.Path)).ToDictionary(input => (input.Section, input.Path));
        foreach (var item in items.Where(item => item.Section is not (ImageContents.Metadata or ImageContents.Signature)))
        {
            var registers = ImageContents.RegistersOf(item.Section);
            if (!known.Remove((item.Section, item.Path ?? item.Section), out var input))
            {
                result.Add(new ImageDifference(item.Section, item.Path, registers, "is no input of the other build", [Text(item.Length, item.Sha384)]));
            }
            else if (input.Sha384 != item.Sha384)
            {
                var package = input.Package is { } from ? $", from {from.Name} {from.Version}" : "";
                result.Add(new ImageDifference(item.Section, item.Path, registers, "changed", [$"here {Text(item.Length, item.Sha384)}", $"there {Text(input.Length, input.Sha384)}{package}"]));
            }
        }

        foreach (var input in known.Values.OrderBy(input => input.Section, StringComparer.Ordinal).ThenBy(input => input.Path, StringComparer.Ordinal))
        {
            result.Add(new ImageDifference(input.Section, input.Path, ImageContents.RegistersOf(input.Section), "only in the other build", [Text(input.Length, input.Sha384)]));
        }

        return result.ToImmutable();
    }

    // A register is a hash: which of its inputs differs cannot be told from it, but which cannot can, where the other register over them is alike.
    static ImmutableArray<ImageDifference> FromRegisters(EifImage image, ImmutableArray<int> registers, IEnumerable<int> expected)
    {
        var alike = expected.Except(registers).ToHashSet();
        var result = ImmutableArray.CreateBuilder<ImageDifference>();
        foreach (var (name, section) in ImageContents.Sections(image))
        {
            var reached = ImageContents.RegistersOf(name);
            if (!reached.Any(registers.Contains) || reached.Any(alike.Contains))
            {
                continue;
            }

            var details = ImmutableArray.CreateBuilder<string>();
            if (section.Type == EifSectionType.Ramdisk && CpioReader.IsArchive(section.Content))
            {
                var files = ImageContents.Entries(name, section.Content).Where(item => item.Kind == CpioKind.File).ToList();
                details.AddRange(files.Take(MaxListed).Select(item => $"{Printable.Escape(item.Path!)}: {Text(item.Length, item.Sha384)}"));
                if (files.Count > MaxListed)
                {
                    details.Add(string.Create(CultureInfo.InvariantCulture, $"and {files.Count - MaxListed} more files"));
                }
            }
            else
            {
                details.Add(Text(section.Content.Length, section.Content.Sha384()));
            }

            result.Add(new ImageDifference(name, null, reached, "feeds a register that differs, and none that is alike", details.ToImmutable()));
        }

        return result.ToImmutable();
    }

    static string Text(long length, Digest digest) => string.Create(CultureInfo.InvariantCulture, $"{length} bytes, {digest}");
}
