using Amnion.Enclave;
using Amnion.Inference;

return args switch
{
    ["worker"] => WorkerProgram.Run(WorkerProgram.SocketDescriptor, WorkerProgram.WeightsDescriptor),
    ["run", .. var options] when RunOptions.TryParse(options, out var parsed) => await EnclaveProgram.RunAsync(parsed),
    _ when RunOptions.TryParse(args, out var parsed) => await EnclaveProgram.RunAsync(parsed),
    _ => EnclaveProgram.ExitUsage,
};
