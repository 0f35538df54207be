using System.Text;
using Amnion.Records;

namespace Amnion.Enclave.Tests;

/// <summary>What an image says of itself.</summary>
static class TestImage
{
    public static ImageConfiguration Configuration(Digest? model = null, int? port = null, bool shared = false) => new()
    {
        Name = "test",
        Version = "1",
        Architecture = "x86_64",
        Engine = "llama.cpp 0.5.0",
        Context = 1024,
        Slots = 1,
        MaxTokens = 64,
        Threads = 0,
        Verify = "streamed",
        Model = model,
        Egress = Digest.Sha384(EgressSchema.ToJson()),
        Cpus = 2,
        MemoryMib = 0,
        WorkloadPort = port,
        SharedWorkload = shared,
    };

    public static string Json(int? port = null, bool shared = false) => Encoding.UTF8.GetString(Configuration(null, port, shared).ToJson());
}
