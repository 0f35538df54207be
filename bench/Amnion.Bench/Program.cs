using Amnion.Bench;
using Amnion.Bench.Plain;

try
{
    return args switch
    {
        [PlainProgram.Name, var model, var engine, var sequences, var context, var threads] => PlainProgram.Run(model, engine, PlainProgram.Number(sequences), PlainProgram.Number(context), PlainProgram.Number(threads)),
        _ => await BenchRun.RunAsync(BenchOptions.Parse(args)).ConfigureAwait(false),
    };
}
catch (BenchException e)
{
    await Console.Error.WriteLineAsync($"error: {e.Message}").ConfigureAwait(false);
    return 1;
}
