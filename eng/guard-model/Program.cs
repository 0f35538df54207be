using Amnion.GuardTraining;

if (args is ["suffix", var file])
{
    new TrainingRun(Environment.GetEnvironmentVariable("AMNION_SHARED")!).Suffixes(file);
    return 0;
}

if (args is not ([("train" or "validate") and var command, "--out", var path]))
{
    Console.Error.WriteLine("amnion: error: expected train or validate, then --out FILE");
    return 30;
}

var run = new TrainingRun(Environment.GetEnvironmentVariable("AMNION_SHARED") ?? throw new InvalidOperationException("AMNION_SHARED is not set."));
if (command == "validate")
{
    run.Validate();
}
else
{
    File.WriteAllBytes(path, run.Train());
}

return 0;
