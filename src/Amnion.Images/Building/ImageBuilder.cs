using System.Collections.Immutable;
using System.Runtime.Versioning;
using Amnion.Images.Content;
using Amnion.Images.Cpio;
using Amnion.Images.Eif;
using Amnion.Images.Explaining;
using Amnion.Images.Tree;

namespace Amnion.Images.Building;

/// <summary>Builds images: the same inputs give the same bytes, on any machine and in any folder. A signature alone differs from build to build.</summary>
[SupportedOSPlatform("linux")]
public static class ImageBuilder
{
    /// <summary>Writes the image, the list of its inputs and its bill of materials; all three or none.</summary>
    /// <param name="request">The inputs.</param>
    /// <param name="output">The image's path; the others stand beside it.</param>
    /// <exception cref="ImageException">An input is missing or unfit.</exception>
    /// <exception cref="ImageFormatException">An input breaks its format.</exception>
    /// <exception cref="IOException">Nothing can be written there.</exception>
    public static ImageInputs Build(ImageBuildRequest request, string output)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(output);
        var unsigned = output + ".unsigned";
        var finished = output + ".new";
        try
        {
            var (parts, inputs) = Plan(request);
            Write(unsigned, stream => EifWriter.Write(stream, request.Specification.Architecture, parts));
            var image = EifImage.Open(unsigned);
            Compare(image, inputs);
            if (request.Signer is { } signer)
            {
                Write(finished, stream => signer.Sign(image, stream));
            }
            else
            {
                File.Move(unsigned, finished, overwrite: true);
            }

            var file = ImageContent.FromFile(finished);
            var list = new ImageInputs
            {
                Image = (request.Specification.Name, request.Specification.Version),
                Architecture = request.Specification.Architecture,
                Length = file.Length,
                Sha384 = file.Sha384(),
                Registers = EifImage.Read(file).Measure().Registers,
                Inputs = inputs,
                Lines = request.Lines,
            };
            File.WriteAllBytes(SpdxDocument.PathFor(output), SpdxDocument.Write(list, request));
            File.WriteAllBytes(ImageInputs.PathFor(output), list.ToJson());
            File.Move(finished, output, overwrite: true);
            return list;
        }
        finally
        {
            File.Delete(unsigned);
            File.Delete(finished);
        }
    }

    static (List<EifPart> Parts, ImmutableArray<ImageInput> Inputs) Plan(ImageBuildRequest request)
    {
        var commandLine = CommandLine(request);
        var bootstrap = ImageLayout.Bootstrap(request);
        var (application, libraries) = ImageLayout.Application(request, commandLine);
        var packages = request.LibraryRoots.Reverse().SelectMany(root => DebianPackages.Find(root, libraries.Values)).GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal);
        var inputs = ImmutableArray.CreateBuilder<ImageInput>();
        inputs.Add(Input(ImageInput.Build, "specification", request.SpecificationFile));
        if (request.KernelConfiguration is { } configuration)
        {
            inputs.Add(Input(ImageInput.Build, "kernel configuration", configuration));
        }

        if (request.Workload is { } workload)
        {
            inputs.AddRange(workload.Sources.Select(source => new ImageInput(ImageInput.Build, $"workload {source.Name}", source.Length, source.Sha384, null)));
        }

        inputs.Add(Input(ImageContents.Kernel, ImageContents.Kernel, request.Kernel));
        inputs.Add(Input(ImageContents.CommandLine, ImageContents.CommandLine, ImageContent.FromBytes(commandLine)));
        foreach (var (section, tree) in (ReadOnlySpan<(string, FileTree)>)[(ImageContents.Bootstrap, bootstrap), (ImageContents.Application, application)])
        {
            foreach (var (path, node) in tree.Entries)
            {
                if (node is TreeNode.File file)
                {
                    inputs.Add(Input(section, path, file.Content, section == ImageContents.Application && libraries.TryGetValue(path, out var from) ? packages.GetValueOrDefault(from) : null));
                }
            }
        }

        var (first, second) = (new CpioWriter(bootstrap), new CpioWriter(application));
        List<EifPart> parts =
        [
            EifPart.Of(EifSectionType.Kernel, request.Kernel),
            EifPart.Of(EifSectionType.CommandLine, ImageContent.FromBytes(commandLine)),
            EifPart.Of(EifSectionType.Metadata, ImageContent.FromBytes(EifMetadata.Write(request))),
            new EifPart(EifSectionType.Ramdisk, first.Length, first.Write),
            new EifPart(EifSectionType.Ramdisk, second.Length, second.Write),
        ];
        return (parts, inputs.ToImmutable());
    }

    // What a kernel gives back in /proc/cmdline, byte for byte: PID 1 compares it. The limit is COMMAND_LINE_SIZE of both processors without its NUL.
    static byte[] CommandLine(ImageBuildRequest request)
    {
        const int MaxLength = 2047;
        var text = request.CommandLine ?? request.Specification.CommandLine
            ?? (request.Specification.Architecture == ImageArchitecture.Arm64 ? ImageLayout.CommandLineArm64 : ImageLayout.CommandLineX64);
        return text.Length is > 0 and <= MaxLength && text[0] != ' ' && text[^1] != ' ' && !text.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? System.Text.Encoding.ASCII.GetBytes(text)
            : throw new ImageException(ImageCodes.InputUnfit, $"The kernel's command line must be 1 to {MaxLength} characters of printable ASCII without a space at either end.");
    }

    static ImageInput Input(string section, string path, ImageContent content, DebianPackage? package = null) => new(section, path, content.Length, content.Sha384(), package);

    static void Write(string path, Action<FileStream> write)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1024 * 1024);
        write(stream);
    }

    // What the reader finds in the finished image is what was hashed before: nothing changed in between, and writer and reader agree.
    static void Compare(EifImage image, ImmutableArray<ImageInput> inputs)
    {
        var found = ImageContents.List(image).Where(item => item.Kind == CpioKind.File).ToDictionary(item => (item.Section, item.Path ?? item.Section), item => item.Sha384);
        foreach (var input in inputs.Where(input => input.Section != ImageInput.Build))
        {
            if (!found.TryGetValue((input.Section, input.Path), out var actual) || actual != input.Sha384)
            {
                throw new ImageException(ImageCodes.InputUnfit, $"The input \"{Printable.Escape(input.Path)}\" changed while the image was built.");
            }
        }
    }
}
