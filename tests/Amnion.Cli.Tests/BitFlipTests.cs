using Amnion.Cli.Demo;

namespace Amnion.Cli.Tests;

public sealed class BitFlipTests
{
    [Fact]
    public void The_harmless_byte_of_a_program_is_in_its_build_id_and_the_program_still_runs()
    {
        var copy = Path.Combine(Directory.CreateTempSubdirectory("amnion-flip-").FullName, "true");
        File.Copy("/usr/bin/true", copy);
        var before = File.ReadAllBytes(copy);
        BitFlip.InFile(copy, BitFlip.HarmlessOffset(copy));
        var after = File.ReadAllBytes(copy);
        Assert.Equal(1, before.Zip(after).Sum(pair => System.Numerics.BitOperations.PopCount((uint)(pair.First ^ pair.Second))));
        using var process = System.Diagnostics.Process.Start(copy);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Directory.Delete(Path.GetDirectoryName(copy)!, recursive: true);
    }

    [Fact]
    public void What_is_no_program_is_refused()
    {
        var file = Path.GetTempPath() + Guid.NewGuid();
        File.WriteAllText(file, new string('x', 100));
        Assert.Throws<InvalidDataException>(() => BitFlip.HarmlessOffset(file));
        File.Delete(file);
    }
}
