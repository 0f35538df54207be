using Amnion.GuardTraining;

if (args is not ["train" or "validate", "--out", var path])
{
    Console.Error.WriteLine("amnion: error: expected train or validate, then --out FILE");
    return 30;
}

var run = new TrainingRun(Environment.GetEnvironmentVariable("AMNION_SHARED") ?? throw new InvalidOperationException("AMNION_SHARED is not set."));
var artefact = run.Train();
if (args[0] == "train")
{
    File.WriteAllBytes(path, artefact);
}

return 0;
