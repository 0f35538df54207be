using Amnion.Attestation.Nitro;

namespace Amnion.Attestation.Tests;

/// <summary>Registers behave as the Nitro Secure Module's.</summary>
public sealed class PcrBankTests
{
    readonly PcrBank _bank = new(new Dictionary<int, Measurement> { [0] = TestChain.Register(0) });

    [Fact]
    public void Extends_as_the_module_was_seen_to()
    {
        const string Known = "b1c16eb7634112b7c9d5ebd27e62a2d4528bbfcfd68b62d3afd9ecf98e0f413a84314acce78317fb69fd895155343e09";
        Assert.Equal(new NsmResponse.ExtendPcr(Measurement.FromHex(Known)), _bank.Extend(16, "abc"u8));
        Assert.Equal(Known, _bank[16].ToString());
        Assert.Equal(PcrBank.Extend(_bank[16], "def"u8), ((NsmResponse.ExtendPcr)_bank.Extend(16, "def"u8)).Value);
    }

    [Fact]
    public void Starts_with_the_launch_registers_locked()
    {
        Assert.Equal(Enumerable.Range(0, 16), _bank.LockedIndexes);
        Assert.Equal(TestChain.Register(0), _bank[0]);
        Assert.True(_bank[1].IsZero);
        Assert.Equal(new NsmResponse.DescribePcr(true, TestChain.Register(0)), _bank.Describe(0));
        Assert.Equal(new NsmResponse.DescribePcr(false, Measurement.Zero(48)), _bank.Describe(31));
    }

    [Fact]
    public void Refuses_to_change_or_lock_a_locked_register()
    {
        var refused = new NsmResponse.Error(NsmErrorCode.ReadOnlyIndex);
        Assert.Equal(refused, _bank.Extend(0, "abc"u8));
        Assert.Equal(refused, _bank.Lock(15));
        Assert.Equal(new NsmResponse.LockPcr(), _bank.Lock(16));
        Assert.Equal(refused, _bank.Lock(16));
        Assert.Equal(refused, _bank.Extend(16, "abc"u8));
        Assert.True(_bank[16].IsZero);
        Assert.True(_bank.IsLocked(16));
    }

    [Fact]
    public void Locks_a_range_from_zero_with_those_locked_already()
    {
        Assert.Equal(new NsmResponse.LockPcrs(), _bank.LockRange(24));
        Assert.Equal(Enumerable.Range(0, 24), _bank.LockedIndexes);
        Assert.Equal(24, _bank.LockedValues.Count);
        Assert.Equal(new NsmResponse.LockPcrs(), _bank.LockRange(32));
        Assert.Equal(new NsmResponse.LockPcrs(), _bank.LockRange(0));
    }

    [Fact]
    public void Refuses_indexes_it_does_not_have()
    {
        var refused = new NsmResponse.Error(NsmErrorCode.InvalidIndex);
        Assert.Equal(refused, _bank.Describe(32));
        Assert.Equal(refused, _bank.Extend(32, []));
        Assert.Equal(refused, _bank.Lock(ushort.MaxValue));
        Assert.Equal(refused, _bank.LockRange(33));
        Assert.Throws<ArgumentException>(() => new PcrBank(new Dictionary<int, Measurement> { [16] = TestChain.Register(0) }));
        Assert.Throws<ArgumentException>(() => new PcrBank(new Dictionary<int, Measurement> { [0] = Measurement.Zero(32) }));
    }

    [Fact]
    public void A_document_of_the_bank_is_accepted_by_a_policy_of_its_values()
    {
        var chain = new TestChain();
        _bank.Extend(16, "manifest digest"u8);
        _bank.LockRange(24);
        var document = chain.Document(content => content with { Pcrs = _bank.LockedValues });
        var policy = chain.Policy with
        {
            Registers = AppraisalPolicy.Parse(chain.Policy.ToJson()).Registers.Clear()
                .Add(0, [TestChain.Register(0)]).Add(16, [PcrBank.Extend(Measurement.Zero(48), "manifest digest"u8)]),
        };
        Assert.True(NitroAppraiser.Appraise(document, policy, TestChain.Context).Accepted);
    }
}
