namespace Amnion.Cli.Demo;

/// <summary>One step of the demo: its name, whether it did what it should, and how long it took.</summary>
sealed record DemoStep(string Name, bool Ok, long Milliseconds);
