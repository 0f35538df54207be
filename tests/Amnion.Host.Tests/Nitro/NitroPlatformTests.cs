using System.Collections.Immutable;
using System.Globalization;
using Amnion.Host.Nitro;
using Amnion.Records;

namespace Amnion.Host.Tests.Nitro;

/// <summary>No test here has hardware: what is held is every call, every byte of its argument, and that everything is given back.</summary>
public sealed class NitroPlatformTests : IDisposable
{
    const string Instance = "i-0123456789abcdef0";

    readonly TemporaryDirectory _directory = new();
    readonly FakeNitroDriver _driver = new();
    readonly ManualTime _time = new();
    static readonly byte[] s_image = [.. Enumerable.Range(0, 5_000_000).Select(i => (byte)(i * 31 >> 3))];
    NitroPlatformOptions _options;

    public NitroPlatformTests()
    {
        _options = new NitroPlatformOptions { Image = _directory.Combine("image.eif"), MemoryBytes = 64 << 20, RequireEndpoint = false, Registers = Registers };
        File.WriteAllBytes(_options.Image, s_image);
    }

    static ImmutableSortedDictionary<int, Digest> Registers { get; } = ImmutableSortedDictionary<int, Digest>.Empty.Add(0, Digest.Sha384("0"u8)).Add(1, Digest.Sha384("1"u8)).Add(2, Digest.Sha384("2"u8));

    public void Dispose()
    {
        _driver.Dispose();
        _directory.Dispose();
    }

    NitroPlatform Platform() => new(_options, _time, _driver, Instance);

    async Task<NitroEnclave> StartAsync() => (NitroEnclave)await Platform().StartAsync(null, default);

    [Fact]
    public async Task The_calls_come_in_awss_order_and_everything_is_given_back_in_reverse()
    {
        var progress = new Collected<LaunchProgress>();
        var enclave = (NitroEnclave)await Platform().StartAsync(progress, default);
        string[] start =
        [
            "open", "NE_CREATE_VM", "close device", "NE_GET_IMAGE_LOAD_INFO",
            .. Enumerable.Repeat("mmap 2 MiB", 32),

            // 8 MiB to the image, which then begins four pages further on.
            "pread", "pread", "pread",
            .. Enumerable.Repeat("NE_SET_USER_MEMORY_REGION 2 MiB", 32),
            "NE_ADD_VCPU 0", "NE_ADD_VCPU 0", "listen 9000", "NE_START_ENCLAVE flags 0 cid 0",
        ];
        Assert.Equal(start, _driver.Calls);
        Assert.Equal([new(LaunchStep.Start, LaunchStepState.Running), new LaunchProgress(LaunchStep.Start, LaunchStepState.Done)], progress.Values);
        Assert.Equal(0xB7, await _driver.HeartbeatAnswer);
        Assert.Equal(["descriptor 101", .. _driver.Regions.Select(region => string.Create(CultureInfo.InvariantCulture, $"page {region.Address:x}"))], _driver.Leaks);

        Assert.False(enclave.Exited.IsCompleted);
        await enclave.DisposeAsync();
        await enclave.DisposeAsync();
        Assert.Equal([.. start, "close enclave", .. Enumerable.Repeat("munmap 2 MiB", 32)], _driver.Calls);
        Assert.Empty(_driver.Leaks);
        Assert.Equal(0, await enclave.Exited);
    }

    [Fact]
    public async Task What_runs_is_said_as_aws_says_it()
    {
        await using var enclave = await StartAsync();
        Assert.Equal("nitro", enclave.Platform);
        Assert.Equal("i-0123456789abcdef0-enc1f2e3d4c5b6a7988", enclave.ModuleId);
        Assert.Equal((FakeNitroDriver.ChosenCid, 64L << 20, false), (enclave.Cid, enclave.MemoryBytes, enclave.IsDebug));
        Assert.Equal([2, 3], enclave.CpuIds);
        Assert.Equal(Registers, enclave.LaunchRegisters);
        Assert.False(_driver.StartedInDebugMode);
    }

    [Fact]
    public async Task The_image_stands_at_the_drivers_offset_whatever_pages_make_up_the_memory()
    {
        await using (await StartAsync())
        {
            Assert.Equal(s_image, _driver.LoadedImage);
        }

        // Across a large page and small ones, and an offset that is no page's.
        using var mixed = new FakeNitroDriver { ImageOffset = (1UL << 30) - 12345 };
        mixed.FreePages[1L << 30] = 1;
        _options = _options with { MemoryBytes = (1L << 30) + (8 << 20) };
        await using var enclave = (NitroEnclave)await new NitroPlatform(_options, _time, mixed, Instance).StartAsync(null, default);
        Assert.Equal([1L << 30, 2 << 20, 2 << 20, 2 << 20, 2 << 20], mixed.Regions.Select(region => region.Bytes));
        Assert.Equal(s_image, mixed.LoadedImage);
    }

    [Fact]
    public async Task Debug_mode_processors_context_and_node_are_passed_on()
    {
        _options = _options with { DangerousDebugMode = true, CpuIds = [3, 2], Cid = 42, Node = 1 };
        _driver.Beats = [(0xB7, 42)];
        await using var enclave = await StartAsync();
        Assert.Equal(["NE_ADD_VCPU 3", "NE_ADD_VCPU 2"], _driver.Calls.Where(call => call.StartsWith("NE_ADD", StringComparison.Ordinal)));
        Assert.Contains("NE_START_ENCLAVE flags 1 cid 42", _driver.Calls);
        Assert.Equal((true, 42u, true), (_driver.StartedInDebugMode!.Value, enclave.Cid, enclave.IsDebug));
        Assert.Equal([3, 2], enclave.CpuIds);
        Assert.Equal(_driver.Regions.Select(region => (region.Address, 1)), _driver.Bound);

        // Registers of a debug enclave are zero, whatever was measured.
        Assert.Equal(Registers.Keys, enclave.LaunchRegisters.Keys);
        Assert.All(enclave.LaunchRegisters.Values, value => Assert.Equal(new string('0', 96), value.Hex));
    }

    // Each kind of call, by its place in the sequence above, with each of the driver's errors and some of the system's.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(20)]
    [InlineData(35)]
    [InlineData(36)]
    [InlineData(38)]
    [InlineData(39)]
    [InlineData(55)]
    [InlineData(70)]
    [InlineData(71)]
    [InlineData(72)]
    [InlineData(73)]
    [InlineData(74)]
    public async Task A_failure_at_any_step_is_put_into_words_and_nothing_is_kept(int call)
    {
        foreach (var error in Enumerable.Range(256, 20).Concat([1, 2, 5, 12, 13, 14, 19, 22, 24, 110]))
        {
            using var driver = new FakeNitroDriver { FailAt = (call, error) };
            var failed = await Assert.ThrowsAsync<NitroException>(() => new NitroPlatform(_options, _time, driver, Instance).StartAsync(null, default));
            Assert.Matches("^AMN-HOST-00(7|8)[0-9]$", failed.Code);
            Assert.NotEmpty(failed.Hint);
            Assert.Equal(driver.Calls[call] == "listen 9000" ? 0 : error, failed.Error);
            Assert.Empty(driver.Leaks);
            Assert.Equal(256, driver.FreePages[2 << 20]);
        }
    }

    [Fact]
    public async Task A_node_that_cannot_be_bound_to_is_left_to_the_driver_to_refuse()
    {
        _options = _options with { Node = 0 };
        _driver.FailAt = (5, 1);
        Assert.Equal("mbind node 0", (await StartAndReturnCallsAsync())[5]);
    }

    [Fact]
    public async Task Missing_pages_are_counted()
    {
        _driver.FreePages[2 << 20] = 30;
        var failed = await Assert.ThrowsAsync<NitroException>(StartAsync);
        Assert.Equal(HostCodes.NitroHugePages, failed.Code);
        Assert.Contains("4 of 64 MiB are missing", failed.Message, StringComparison.Ordinal);
        Assert.Contains("allocator.yaml", failed.Hint, StringComparison.Ordinal);
        Assert.Empty(_driver.Leaks);
    }

    [Fact]
    public async Task A_large_page_does_where_small_ones_are_missing_and_surplus_small_ones_are_given_back()
    {
        (_driver.FreePages[2 << 20], _driver.FreePages[1L << 30]) = (10, 1);
        await using var enclave = await StartAsync();
        Assert.Equal([1L << 30], _driver.Regions.Select(region => region.Bytes));
        Assert.Equal(10, _driver.FreePages[2 << 20]);
    }

    [Fact]
    public async Task An_image_that_does_not_fit_behind_the_offset_is_refused()
    {
        _driver.ImageOffset = (64 << 20) - 4_999_999;
        await Assert.ThrowsAsync<EnclaveResourcesException>(StartAsync);
        Assert.Empty(_driver.Leaks);
        _driver.ImageOffset = ulong.MaxValue;
        await Assert.ThrowsAsync<EnclaveResourcesException>(StartAsync);
        Assert.Empty(_driver.Leaks);
    }

    [Fact]
    public async Task An_image_that_cannot_be_read_is_refused()
    {
        _options = _options with { Image = _directory.Combine("absent") };
        Assert.Equal(HostCodes.NitroImageUnreadable, (await Assert.ThrowsAsync<NitroException>(StartAsync)).Code);
        Assert.Empty(_driver.Calls);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(3UL)]
    [InlineData(0xFFFFFFFFUL)]
    [InlineData(0x100000010UL)]
    public async Task A_context_identifier_that_no_enclave_has_is_not_believed(ulong cid)
    {
        _driver.AnsweredCid = cid;
        Assert.Equal(HostCodes.NitroRefused, (await Assert.ThrowsAsync<NitroException>(StartAsync)).Code);
        Assert.Empty(_driver.Leaks);
    }

    [Fact]
    public async Task Another_enclaves_heartbeat_is_not_taken_for_ours()
    {
        _driver.Beats = [(0xB7, 99), (0x00, 7), (0xB7, FakeNitroDriver.ChosenCid)];
        await using var enclave = await StartAsync();
        Assert.Equal(0xB7, await _driver.HeartbeatAnswer);
        Assert.DoesNotContain("port 9000", _driver.Leaks);
    }

    [Fact]
    public async Task A_wrong_heartbeat_ends_the_enclave()
    {
        _driver.Beats = [(0xB8, FakeNitroDriver.ChosenCid)];
        var failed = await Assert.ThrowsAsync<NitroException>(StartAsync);
        Assert.Equal(HostCodes.NitroHeartbeatWrong, failed.Code);
        Assert.Contains("0xB8", failed.Message, StringComparison.Ordinal);
        Assert.Empty(_driver.Leaks);
    }

    [Fact]
    public async Task An_enclave_that_ends_before_its_heartbeat_is_told_from_one_that_hangs()
    {
        (_driver.Beats, _driver.EndsAtOnce) = ([], true);
        Assert.Equal(HostCodes.NitroEnded, (await Assert.ThrowsAsync<NitroException>(StartAsync)).Code);
        Assert.Empty(_driver.Leaks);

        using var silent = new FakeNitroDriver { Beats = [] };
        var starting = new NitroPlatform(_options, _time, silent, Instance).StartAsync(null, default);
        while (_time.Waiting == 0)
        {
            await Task.Yield();
        }

        _time.Advance(TimeSpan.FromSeconds(179));
        Assert.False(starting.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        var failed = await Assert.ThrowsAsync<NitroException>(() => starting);
        Assert.Equal(HostCodes.NitroHeartbeatMissing, failed.Code);
        Assert.Contains("180 seconds", failed.Message, StringComparison.Ordinal);
        Assert.Empty(silent.Leaks);
    }

    [Fact]
    public async Task Who_starts_it_can_give_up_waiting()
    {
        _driver.Beats = [];
        using var stop = new CancellationTokenSource();
        var starting = Platform().StartAsync(null, stop.Token);
        while (_time.Waiting == 0)
        {
            await Task.Yield();
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);
        Assert.Empty(_driver.Leaks);
    }

    [Fact]
    public async Task An_enclave_that_ends_by_itself_is_noticed()
    {
        await using var enclave = await StartAsync();
        _driver.End();
        Assert.Equal(NitroEnclave.EndedByItself, await enclave.Exited);
        await enclave.DisposeAsync();
        Assert.Empty(_driver.Leaks);
    }

    [Fact]
    public async Task The_endpoint_is_reached_at_the_enclaves_context_and_port_7000()
    {
        await using var inside = new FakeEnclave((frames, _, _, cancellation) => FakeEnclave.AnswerTelemetryAsync(frames, cancellation).AsTask());
        _options = _options with { RequireEndpoint = true };
        var starting = StartAsync();
        while (_driver.Connections.Count == 0)
        {
            await Task.Yield();
        }

        // Not yet listening: asked again.
        _driver.Endpoint = inside.SocketPath;
        while (!starting.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(1);
        }

        await using var enclave = await starting;
        Assert.All(_driver.Connections, connection => Assert.Equal((FakeNitroDriver.ChosenCid, 7000u), connection));
        Assert.NotEmpty(await enclave.Connection.GetTelemetryAsync(default));
    }

    [Fact]
    public async Task A_program_that_never_answers_ends_the_enclave()
    {
        _options = _options with { RequireEndpoint = true };
        var starting = StartAsync();
        while (_driver.Connections.Count == 0)
        {
            await Task.Yield();
        }

        while (!starting.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1);
        }

        Assert.Equal(HostCodes.EnclaveStart, (await Assert.ThrowsAsync<EnclaveUnavailableException>(() => starting)).Code);
        Assert.Empty(_driver.Leaks);
    }

    [Fact]
    public async Task The_console_is_the_hypervisors_port()
    {
        await using var inside = new FakeEnclave((_, _, _, _) => Task.CompletedTask);
        _driver.Endpoint = inside.SocketPath;
        await (await NitroPlatform.OpenConsoleAsync(_driver, 42, default)).DisposeAsync();
        Assert.Equal((0u, 10042u), _driver.Connections.Single());
    }

    [Theory]
    [InlineData(1, 1, 180)]
    [InlineData(6L << 30, 100L << 30, 180)]
    [InlineData((6L << 30) + 1, 100L << 30, 270)]
    [InlineData(1 << 20, (100L << 30) + 1, 270)]
    [InlineData(13L << 30, 250L << 30, 540)]
    public void The_heartbeat_has_the_time_that_nitro_cli_gives(long image, long memory, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), NitroHeartbeat.Limit(image, memory));

    async Task<IReadOnlyList<string>> StartAndReturnCallsAsync()
    {
        await using var enclave = await StartAsync();
        return _driver.Calls;
    }
}
