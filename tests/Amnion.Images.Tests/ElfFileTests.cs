using System.Globalization;
using Amnion.Images.Building;

namespace Amnion.Images.Tests;

public sealed class ElfFileTests
{
    static readonly string DotNet = Environment.ProcessPath!;

    [Fact]
    public void The_program_interpreter_and_needed_libraries_are_read_from_the_headers()
    {
        var elf = ElfFile.Read(File.ReadAllBytes(DotNet))!;
        Assert.Equal("/lib64/ld-linux-x86-64.so.2", elf.Interpreter);
        Assert.Contains("libc.so.6", elf.Needed);
        Assert.Equal(ElfFile.MachineX64, elf.Machine);
        Assert.Null(ElfFile.Read("#!/bin/sh\n"u8));
        Assert.Null(ElfFile.Read([]));
    }

    [Fact]
    public void No_mutation_of_a_program_crashes_the_reader()
    {
        var iterations = int.Parse(Environment.GetEnvironmentVariable("AMNION_FUZZ_ITERATIONS") ?? "2000", CultureInfo.InvariantCulture);
        var original = File.ReadAllBytes(DotNet);
        var random = new Random(7);
        for (var i = 0; i < iterations; i++)
        {
            var mutated = original[..(i % 3 == 0 ? random.Next(original.Length) : original.Length)];
            for (var change = 0; change < 8 && mutated.Length > 0; change++)
            {
                // The headers stand at the front; hit them more often than the rest.
                mutated[random.Next(change < 6 ? Math.Min(mutated.Length, 1024) : mutated.Length)] = (byte)random.Next(256);
            }

            try
            {
                _ = ElfFile.Read(mutated);
            }
            catch (ElfFormatException e)
            {
                Assert.Equal(ImageCodes.ElfMalformed, e.Code);
            }
        }
    }
}
