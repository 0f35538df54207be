using System.CommandLine;
using System.Runtime.Versioning;
using Amnion.Cli.Deployment;
using Amnion.Cli.Images;
using Amnion.Images;
using Amnion.Images.Building;
using Amnion.Images.Oci;
using Amnion.Images.Specification;

namespace Amnion.Cli.Commands;

/// <summary>`amnion image build SPEC --output FILE.eif`: an image from a declarative file, reproducible, without Docker, network or account.</summary>
[SupportedOSPlatform("linux")]
static class ImageBuildCommand
{
    public static Command Create()
    {
        var specification = new Argument<string>("SPEC") { Description = "Declarative file, YAML or JSON" };
        var output = new Option<string>("--output") { Description = "Where the image goes; FILE.inputs.json and FILE.spdx.json stand beside it", HelpName = "FILE", Required = true };
        var kernel = new Option<string?>("--kernel") { Description = "bzImage or Image (default: the one that eng/kernel/build.sh made)", HelpName = "FILE" };
        var kernelConfiguration = new Option<string?>("--kernel-config") { Description = "The kernel's .config (default: \"config\" beside the default kernel)", HelpName = "FILE" };
        var commandLine = new Option<string?>("--cmdline") { Description = "The kernel's command line (default: the file's, or the one of the processor)", HelpName = "TEXT" };
        var module = new Option<string?>("--module") { Description = "The security module's driver, nsm.ko, for a kernel that does not have it built in, as AWS's", HelpName = "FILE" };
        var init = new Option<string?>("--init") { Description = "PID 1 (default: the one that eng/init/build.sh made)", HelpName = "FILE" };
        var runtime = new Option<string?>("--runtime") { Description = "Folder of the enclave program (default: the one the launcher built)", HelpName = "DIR" };
        var libraryRoots = new Option<string[]>("--library-root") { Description = "Root of a file system to take shared libraries from; repeatable (default: /)", HelpName = "DIR" };
        var filter = new Option<string?>("--filter") { Description = "System-call filter as bytes of struct sock_filter (default: the one that the local platform uses)", HelpName = "FILE" };
        var from = new Option<string?>("--from") { Description = "Workload: a root file system (DIR), an OCI image layout (oci:DIR), or what docker save wrote (FILE)", HelpName = "WHERE" };
        var certificate = new Option<string?>("--certificate") { Description = "Sign: certificate, PEM", HelpName = "FILE" };
        var privateKey = new Option<string?>("--private-key") { Description = "Sign: its key, PEM", HelpName = "FILE" };
        return new Command("build", "Build an image from a declarative file")
        {
            Arguments = { specification },
            Options = { output, kernel, kernelConfiguration, commandLine, module, init, runtime, libraryRoots, filter, from, certificate, privateKey },
        }.Runs((parsed, console, _) =>
        {
            var path = parsed.GetValue(specification)!;
            var file = BoundedFile.Read(path, 1024 * 1024);
            var read = ImageSpecification.Parse(file);
            var target = Path.GetFullPath(parsed.GetValue(output)!);

            // As boot sends it to the enclave, which refuses any other bytes: white space of the file is not the policy's.
            var guard = read.GuardPolicy is { } named ? Amnion.Images.Content.ImageContent.FromBytes(GuardFile.Read(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, named)).ToJson()) : null;
            using var signer = SignerFiles.Open(parsed.GetValue(certificate), parsed.GetValue(privateKey));
            using var workload = parsed.GetValue(from) is { } where ? Workload.Open(where, read.Architecture, RequireWorkload(read), Path.GetDirectoryName(target)!) : null;
            var defaults = new ImageDefaults(read.Architecture);
            var request = new ImageBuildRequest
            {
                Specification = read,
                SpecificationFile = Amnion.Images.Content.ImageContent.FromBytes(file),
                Kernel = defaults.Kernel(parsed.GetValue(kernel)),
                KernelConfiguration = defaults.KernelConfiguration(parsed.GetValue(kernel), parsed.GetValue(kernelConfiguration)),
                KernelVersion = defaults.KernelVersion(parsed.GetValue(kernel), parsed.GetValue(kernelConfiguration)),
                CommandLine = parsed.GetValue(commandLine)?.Trim(),
                Module = ImageDefaults.Module(parsed.GetValue(module)),
                Init = defaults.Init(parsed.GetValue(init)),
                Runtime = defaults.Runtime(parsed.GetValue(runtime)),
                LibraryRoots = parsed.GetValue(libraryRoots) is { Length: > 0 } roots ? [.. roots.Select(Path.GetFullPath)] : ["/"],
                Filter = defaults.Filter(parsed.GetValue(filter), workload is not null),
                GuardPolicy = guard,
                Workload = workload,
                Signer = signer,
                Lines = defaults.Lines(parsed.GetValue(kernel) ?? parsed.GetValue(module)),
                Created = ImageDefaults.Created(),
                ToolVersion = ImageDefaults.ToolVersion,
            };
            var built = ImageBuilder.Build(request, target);
            if (console.Json)
            {
                console.Object(json =>
                {
                    json.WriteStartObject();
                    NitroJson.WriteMeasurements(json, built.Registers);
                    json.WriteEndObject();
                });
                return Task.FromResult(ExitCode.Accepted);
            }

            console.Line($"{parsed.GetValue(output)}  {built.Length} bytes, {built.Inputs.Length} inputs");
            foreach (var (register, value) in built.Registers.ByNumber)
            {
                console.Line($"  PCR{register} {value.Hex}");
            }

            return Task.FromResult(ExitCode.Accepted);
        });
    }

    static WorkloadSpecification RequireWorkload(ImageSpecification specification) => specification.Workload
        ?? throw new CliException(ExitCode.Malformed, "the declarative file says nothing about the workload", "add \"workload:\" with \"port:\", the port on which it listens", ImageCodes.SpecificationInvalid);
}
