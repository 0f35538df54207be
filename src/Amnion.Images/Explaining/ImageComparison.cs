using System.Collections.Immutable;
using System.Globalization;
using Amnion.Images.Cpio;
using Amnion.Images.Eif;

namespace Amnion.Images.Explaining;

/// <summary>Finds which input made which register of two images differ.</summary>
public static class ImageComparison
{
    /// <summary>Every difference, by section in the file's order and by path.</summary>
    /// <exception cref="CpioFormatException">A ramdisk begins as an archive and is none.</exception>
    public static ImmutableArray<ImageDifference> Compare(EifImage a, EifImage b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        var result = ImmutableArray.CreateBuilder<ImageDifference>();
        if (a.Architecture != b.Architecture)
        {
            result.Add(new ImageDifference("header", null, [], $"made for {a.Architecture} and {b.Architecture}", []));
        }

        var (left, right) = (ImageContents.Sections(a), ImageContents.Sections(b));
        foreach (var name in left.Concat(right).Select(section => section.Name).Distinct())
        {
            var one = left.FirstOrDefault(section => section.Name == name).Section;
            var other = right.FirstOrDefault(section => section.Name == name).Section;
            if (one is null || other is null)
            {
                result.Add(new ImageDifference(name, null, ImageContents.RegistersOf(name), $"only the {(one is null ? "second" : "first")} image has it", []));
            }
            else if (one.Content.Sha384() != other.Content.Sha384())
            {
                CompareSection(result, name, one, other);
            }
        }

        return result.ToImmutable();
    }

    static void CompareSection(ImmutableArray<ImageDifference>.Builder result, string name, EifSection a, EifSection b)
    {
        if (a.Type == EifSectionType.Signature)
        {
            result.Add(CompareSignature(a, b));
            return;
        }

        if (a.Type != EifSectionType.Ramdisk || !CpioReader.IsArchive(a.Content) || !CpioReader.IsArchive(b.Content))
        {
            result.Add(new ImageDifference(name, null, ImageContents.RegistersOf(name), "changed", ContentDifference.Describe(a.Content, b.Content)));
            return;
        }

        var before = result.Count;
        CompareEntries(result, name, [.. ImageContents.Entries(name, a.Content)], [.. ImageContents.Entries(name, b.Content)]);
        if (result.Count == before)
        {
            result.Add(new ImageDifference(name, null, ImageContents.RegistersOf(name), "holds the same files; the archives' own bytes differ (order, inode numbers or padding)", ContentDifference.Describe(a.Content, b.Content)));
        }
    }

    static ImageDifference CompareSignature(EifSection a, EifSection b)
    {
        var one = Signing.EifSignature.Parse(a.Content.ToArray(EifFormat.MaxSignatureLength));
        var other = Signing.EifSignature.Parse(b.Content.ToArray(EifFormat.MaxSignatureLength));
        return one.Certificate.Span.SequenceEqual(other.Certificate.Span)
            ? new ImageDifference(ImageContents.Signature, null, [], "another signature by the same certificate", [])
            : new ImageDifference(ImageContents.Signature, null, [8], "signed with another certificate", [$"certificate register {one.CertificateRegister.Hex}", $"certificate register {other.CertificateRegister.Hex}"]);
    }

    static void CompareEntries(ImmutableArray<ImageDifference>.Builder result, string section, List<ImageItem> a, List<ImageItem> b)
    {
        var registers = ImageContents.RegistersOf(section);
        var left = a.ToDictionary(item => item.Path!, StringComparer.Ordinal);
        var right = b.ToDictionary(item => item.Path!, StringComparer.Ordinal);
        foreach (var path in left.Keys.Union(right.Keys).Order(StringComparer.Ordinal))
        {
            if (!left.TryGetValue(path, out var one) || !right.TryGetValue(path, out var other))
            {
                var only = left.GetValueOrDefault(path) ?? right[path];
                result.Add(new ImageDifference(section, path, registers, left.ContainsKey(path) ? "only in the first image" : "only in the second image", [string.Create(CultureInfo.InvariantCulture, $"{only.Length} bytes, {only.Sha384}")]));
            }
            else if (Problem(one, other) is { } problem)
            {
                result.Add(new ImageDifference(section, path, registers, problem, one.Sha384 == other.Sha384 ? [] : ContentDifference.Describe(one.Content, other.Content)));
            }
        }
    }

    static string? Problem(ImageItem a, ImageItem b) => a switch
    {
        _ when a.Kind != b.Kind => $"is a {a.Kind} and a {b.Kind}",
        _ when a.Sha384 != b.Sha384 && a.Kind == CpioKind.Link => $"{Printable.Escape(a.Attributes)} and {Printable.Escape(b.Attributes)}",
        _ when a.Sha384 != b.Sha384 => "changed",
        _ when a.Permissions != b.Permissions => $"mode {Convert.ToString(a.Permissions, 8)} and {Convert.ToString(b.Permissions, 8)}",
        _ when a.Attributes != b.Attributes => $"{Printable.Escape(a.Attributes)} and {Printable.Escape(b.Attributes)}",
        _ => null,
    };
}
