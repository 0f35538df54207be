namespace Amnion.Guard.Tests.Tokens;

/// <summary>How often seeded tests run; AMNION_FUZZ_ITERATIONS raises it.</summary>
static class TokenFuzz
{
    public static int Iterations(int normally) => int.TryParse(Environment.GetEnvironmentVariable("AMNION_FUZZ_ITERATIONS"), out var raised) ? raised : normally;
}
