using System.Text;
using Amnion.Images.Building;
using Amnion.Images.Content;
using Amnion.Images.Oci;
using Amnion.Images.Specification;

namespace Amnion.Images.Tests;

/// <summary>A build from small files in a folder of its own.</summary>
static class TestBuild
{
    public const string Specification = "name: test\nversion: 1.0.0\nengine:\n  context: 512\n";

    /// <summary>The test's own host is a dynamic program of this machine.</summary>
    public static string Program { get; } = Environment.ProcessPath!;

    public static ImageBuildRequest Request(TempFolder folder, string specification = Specification, Workload? workload = null)
    {
        var runtime = folder.Combine("runtime");
        if (!Directory.Exists(runtime))
        {
            Directory.CreateDirectory(Path.Combine(runtime, "lib"));
            File.Copy(Program, Path.Combine(runtime, "amnion-enclave"));
            File.WriteAllText(Path.Combine(runtime, "lib", "libggml-cpu-haswell.so"), "an engine");
            File.WriteAllText(Path.Combine(runtime, "lib", "libggml-cpu-alderlake.so"), "an engine for another machine");
        }

        var bytes = Encoding.UTF8.GetBytes(specification);
        return new ImageBuildRequest
        {
            Specification = ImageSpecification.Parse(bytes),
            SpecificationFile = ImageContent.FromBytes(bytes),
            Kernel = ImageContent.FromFile(folder.Write("kernel", Images.Kernel)),
            KernelVersion = "6.12",
            Init = ImageContent.FromFile(folder.Write("init", "#!static program"u8)),
            Runtime = runtime,
            Filter = [6, 0, 0, 0, 0, 0, 255, 127],
            Workload = workload,
            ToolVersion = "0.1.0",
        };
    }
}
