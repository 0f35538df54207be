using Amnion.Enclave.Nsm;
using Amnion.Records;

namespace Amnion.Enclave.Boot;

/// <summary>
/// Measures a plan into registers 16 to 23: all must be fresh, each event is extended and read back, all are locked, and only then is
/// there a <see cref="MeasuredBoot"/>, without which no key is made. Nothing is undone on failure: the registers are spent.
/// </summary>
static class BootSequence
{
    static IEnumerable<int> Registers => Enumerable.Range(RegisterLog.FirstRegister, RegisterLog.LastRegister - RegisterLog.FirstRegister + 1);

    /// <summary>Runs the sequence.</summary>
    /// <exception cref="EnclaveRefusedException">A register was not fresh, did not take the value, or did not lock.</exception>
    public static MeasuredBoot Run(BootPlan plan, SecurityModule module)
    {
        foreach (var register in Registers)
        {
            var before = module.Describe(register);
            if (before.Lock || !before.Value.IsZero || before.Value.Length != RegisterLog.RegisterLength)
            {
                throw new EnclaveRefusedException(EnclaveCodes.RegisterNotFresh);
            }
        }

        var expected = plan.Log.Replay();
        foreach (var entry in plan.Log.Events)
        {
            var after = module.Extend(entry.Register, entry.Digest.Bytes);
            if (!after.Bytes.Span.SequenceEqual(expected[entry.Register].AsSpan()))
            {
                throw new EnclaveRefusedException(EnclaveCodes.RegisterValue);
            }
        }

        foreach (var register in Registers)
        {
            if (!module.Describe(register).Value.Bytes.Span.SequenceEqual(expected[register].AsSpan()))
            {
                throw new EnclaveRefusedException(EnclaveCodes.RegisterValue);
            }

            module.Lock(register);
        }

        foreach (var register in Registers)
        {
            var locked = module.Describe(register);
            if (!locked.Lock)
            {
                throw new EnclaveRefusedException(EnclaveCodes.RegisterNotLocked);
            }

            if (!locked.Value.Bytes.Span.SequenceEqual(expected[register].AsSpan()))
            {
                throw new EnclaveRefusedException(EnclaveCodes.RegisterValue);
            }
        }

        return new MeasuredBoot
        {
            Manifest = plan.Manifest,
            Engine = plan.Engine,
            Guard = plan.Guard,
            Suites = plan.Suites,
            Log = plan.Log,
            LogHead = plan.Log.ComputeHead(),
            Preimages = plan.Preimages,
        };
    }
}
