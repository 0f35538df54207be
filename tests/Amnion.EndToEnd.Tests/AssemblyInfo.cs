[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

// Each stack takes both cores, and tests kill processes: one after another.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
