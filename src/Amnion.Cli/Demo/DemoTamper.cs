namespace Amnion.Cli.Demo;

/// <summary>One thing a hostile host tried, and the code it was refused with. Not refused is a failed demo.</summary>
sealed record DemoTamper(string Name, bool Refused, string? Code, string Reason);
