using Amnion.Inference;
using Amnion.Records.Frames;
using Amnion.Sealing;

namespace Amnion.Enclave.Tests;

public sealed class WeightsTests
{
    static TestModel Model => TestEnclave.Model;

    [Theory]
    [InlineData(FrameLimits.WeightsData)]
    [InlineData(100_003)]
    public async Task Opens_the_weights_into_sealed_memory_and_loads_them(int piece)
    {
        await using var enclave = await TestEnclave.KeyedAsync();
        await enclave.SendFileAsync(TestModel.WeightsName, Model.Sealed, piece);
        Assert.Equal(EnclaveState.Ready, enclave.Gate.State);
        Assert.True(enclave.Loader.WasSealed);
        Assert.Equal(Model.Plain, enclave.Loader.Weights);
        Assert.True(SealedStreamFormat.SegmentCount(Model.Plain.Length) > 2);
        Assert.Equal(EnclaveCodes.WeightsNotExpected, await TestEnclave.CodeOfAsync(() => enclave.SendFileAsync(TestModel.WeightsName, Model.Sealed)));
    }

    [Fact]
    public async Task Checks_other_files_of_the_manifest_and_keeps_none()
    {
        await using var enclave = await TestEnclave.KeyedAsync();
        await enclave.SendFileAsync(TestModel.NotesName, Model.Seal(Model.DataKey, TestModel.NotesName, Model.Notes));
        Assert.Equal(EnclaveState.AwaitingWeights, enclave.Gate.State);
        Assert.Equal(EnclaveCodes.WeightsDigest, await TestEnclave.CodeOfAsync(() => enclave.SendFileAsync(TestModel.NotesName, Model.Seal(Model.DataKey, TestModel.NotesName, "Votes."u8.ToArray()))));
    }

    [Theory]
    [InlineData("model.bin")]
    [InlineData("../model.gguf")]
    [InlineData("")]
    public async Task Refuses_files_the_manifest_does_not_name(string name)
    {
        await using var enclave = await TestEnclave.KeyedAsync();
        Assert.Equal(EnclaveCodes.WeightsPath, await TestEnclave.CodeOfAsync(() => enclave.SendFileAsync(name, Model.Sealed)));
    }

    [Fact]
    public async Task Refuses_weights_before_the_key()
    {
        await using var enclave = await TestEnclave.BootedAsync();
        Assert.Equal(EnclaveCodes.WeightsNotExpected, await TestEnclave.CodeOfAsync(() => enclave.SendFileAsync(TestModel.WeightsName, Model.Sealed)));
    }

    [Fact]
    public async Task Refuses_a_flipped_bit_in_header_and_in_every_segment_and_then_takes_the_true_file()
    {
        await using var enclave = await TestEnclave.KeyedAsync();
        List<int> places = [0, 5, 36, 100, Model.Sealed.Length - 1];
        for (uint segment = 1; segment < SealedStreamFormat.SegmentCount(Model.Plain.Length); segment++)
        {
            places.Add((int)SealedStreamFormat.CiphertextOffset(segment) + 17);
        }

        foreach (var place in places)
        {
            var changed = Model.Sealed.ToArray();
            changed[place] ^= 0x10;
            Assert.Equal(EnclaveCodes.WeightsSegment, await TestEnclave.CodeOfAsync(() => enclave.SendFileAsync(TestModel.WeightsName, changed)));
            Assert.Null(enclave.Loader.Weights);
        }

        await enclave.SendFileAsync(TestModel.WeightsName, Model.Sealed);
        Assert.Equal(EnclaveState.Ready, enclave.Gate.State);
    }

    [Fact]
    public async Task Refuses_swapped_segments_truncation_and_surplus()
    {
        await using var enclave = await TestEnclave.KeyedAsync();
        var swapped = Model.Sealed.ToArray();
        Model.Sealed.AsSpan(1 << 20, 1 << 20).CopyTo(swapped.AsSpan(2 << 20));
        Model.Sealed.AsSpan(2 << 20, 1 << 20).CopyTo(swapped.AsSpan(1 << 20));
        Assert.Equal(EnclaveCodes.WeightsSegment, await TestEnclave.CodeOfAsync(() => enclave.SendFileAsync(TestModel.WeightsName, swapped)));
        Assert.Equal(EnclaveCodes.WeightsLength, await TestEnclave.CodeOfAsync(() => enclave.SendFileAsync(TestModel.WeightsName, Model.Sealed[..^1])));
        Assert.Equal(EnclaveCodes.WeightsLength, await TestEnclave.CodeOfAsync(() => enclave.SendFileAsync(TestModel.WeightsName, [.. Model.Sealed, 0])));
        Assert.Equal(EnclaveCodes.WeightsLength, await TestEnclave.CodeOfAsync(() => enclave.SendFileAsync(TestModel.WeightsName, [])));
    }

    [Fact]
    public async Task Refuses_a_file_sealed_under_another_name_or_key()
    {
        await using var enclave = await TestEnclave.KeyedAsync();
        Assert.Equal(EnclaveCodes.WeightsSegment, await TestEnclave.CodeOfAsync(() => enclave.SendFileAsync(TestModel.WeightsName, Model.Seal(Model.DataKey, "other.gguf", Model.Plain))));
        using var other = SecretBytes.Random(32);
        Assert.Equal(EnclaveCodes.WeightsSegment, await TestEnclave.CodeOfAsync(() => enclave.SendFileAsync(TestModel.WeightsName, Model.Seal(other, TestModel.WeightsName, Model.Plain))));
    }

    [Fact]
    public async Task Refuses_authentic_weights_that_are_not_the_manifests()
    {
        await using var enclave = await TestEnclave.KeyedAsync();
        var changed = Model.Plain.ToArray();
        changed[^5] ^= 1;
        Assert.Equal(EnclaveCodes.WeightsDigest, await TestEnclave.CodeOfAsync(() => enclave.SendFileAsync(TestModel.WeightsName, Model.Seal(Model.DataKey, TestModel.WeightsName, changed))));
    }

    [Fact]
    public async Task Validates_the_model_before_the_engine_sees_it_where_digests_are_not_compared()
    {
        await using var enclave = new TestEnclave();
        await enclave.BootAsync(Model.Boot with { Engine = [.. (Model.Engine with { Verify = "streamed" }).ToJson()] });
        await enclave.ReleaseAsync();
        var changed = Model.Plain.ToArray();
        changed[4] = 2;
        Assert.Equal(EnclaveCodes.WeightsFormat, await TestEnclave.CodeOfAsync(() => enclave.SendFileAsync(TestModel.WeightsName, Model.Seal(Model.DataKey, TestModel.WeightsName, changed))));
        Assert.Null(enclave.Loader.Weights);
        await enclave.SendFileAsync(TestModel.WeightsName, Model.Sealed);
        Assert.Equal(EnclaveState.Ready, enclave.Gate.State);
    }

    [Fact]
    public async Task Wants_the_key_again_where_the_engine_does_not_load()
    {
        await using var enclave = await TestEnclave.KeyedAsync();
        enclave.Loader.FailureCode = InferenceCodes.ModelRejected;
        Assert.Equal(EnclaveCodes.EngineLoad, await TestEnclave.CodeOfAsync(() => enclave.SendFileAsync(TestModel.WeightsName, Model.Sealed)));
        Assert.Equal(EnclaveState.AwaitingKey, enclave.Gate.State);
        enclave.Loader.FailureCode = null;
        await enclave.ReleaseAsync();
        await enclave.SendFileAsync(TestModel.WeightsName, Model.Sealed);
        Assert.Equal(EnclaveState.Ready, enclave.Gate.State);
    }

    [Fact]
    public async Task Takes_one_file_at_a_time_and_drops_an_abandoned_one()
    {
        await using var enclave = await TestEnclave.KeyedAsync();
        await using (var frames = await enclave.ConnectAsync())
        {
            await frames.WriteAsync(FrameType.WeightsFile, "model.gguf"u8.ToArray(), TestEnclave.Cancellation);
            await frames.WriteAsync(FrameType.WeightsData, Model.Sealed.AsMemory(0, 1 << 20), TestEnclave.Cancellation);
            string code;
            do
            {
                code = await TestEnclave.CodeOfAsync(() => enclave.SendFileAsync(TestModel.WeightsName, []));
            }
            while (code == EnclaveCodes.WeightsLength);
            Assert.Equal(EnclaveCodes.Busy, code);
        }

        while (true)
        {
            try
            {
                await enclave.SendFileAsync(TestModel.WeightsName, Model.Sealed);
                break;
            }
            catch (FrameFailedException e) when (e.Code == EnclaveCodes.Busy)
            {
                // The abandoned exchange is about to notice.
            }
        }

        Assert.Equal(EnclaveState.Ready, enclave.Gate.State);
    }
}
