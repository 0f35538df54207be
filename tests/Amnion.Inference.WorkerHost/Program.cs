using Amnion.Inference;
using Amnion.Inference.WorkerHost;

return args switch
{
    ["worker"] => WorkerProgram.Run(WorkerProgram.SocketDescriptor, WorkerProgram.WeightsDescriptor),
    ["rights"] => Rights.Run(),
    ["hostile", var behaviour] => HostileWorker.Run(behaviour),
    ["measure", var model, var engine] => await Measurement.RunAsync(model, engine),
    _ => 64,
};
