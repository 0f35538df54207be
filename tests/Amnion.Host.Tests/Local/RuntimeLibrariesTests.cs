using Amnion.Host.Local;

namespace Amnion.Host.Tests.Local;

public sealed class RuntimeLibrariesTests
{
    static readonly string DotNet = Environment.ProcessPath!;

    [Fact]
    public void The_closure_of_a_dynamic_program_holds_the_loader_libc_and_openssl()
    {
        var libraries = RuntimeLibraries.Find([DotNet]);

        Assert.Contains("ld-linux-x86-64.so.2", libraries.Keys);
        Assert.Contains("libc.so.6", libraries.Keys);
        Assert.Contains("libstdc++.so.6", libraries.Keys);
        Assert.Contains("libcrypto.so.3", libraries.Keys);
        Assert.All(libraries.Values, path => Assert.Null(new FileInfo(path).LinkTarget));
    }

    [Fact]
    public void A_static_program_needs_nothing()
    {
        using var directory = new TemporaryDirectory();
        ProbeProgram.WriteTo(directory.Path);
        Assert.Empty(RuntimeLibraries.Find([directory.Combine("amnion-enclave")]));
    }
}
