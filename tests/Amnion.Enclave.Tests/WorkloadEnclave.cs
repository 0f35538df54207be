using System.IO.Pipes;
using System.Text;
using Amnion.Enclave.Linux;
using Amnion.Enclave.Workload;
using Amnion.Inference.OpenAi;
using Amnion.Records;
using Amnion.Records.Frames;
using Amnion.Testing;

namespace Amnion.Enclave.Tests;

/// <summary>An enclave whose engine is a foreign server: what PID 1 of an image prepares, and a fake server that becomes ready once it was started.</summary>
sealed class WorkloadEnclave : IAsyncDisposable
{
    static readonly byte[] s_arguments = "/usr/bin/server\0--port\08080\0"u8.ToArray();

    readonly AnonymousPipeServerStream _pipe = new(PipeDirection.In, HandleInheritability.None);
    readonly string _image = Directory.CreateTempSubdirectory("amn").FullName;

    WorkloadEnclave(string? imageJson, Func<OpenAiOptions, OpenAiOptions>? change)
    {
        File.WriteAllBytes(Path.Combine(_image, "workload.argv"), s_arguments);
        File.WriteAllText(Path.Combine(_image, "image.json"), imageJson ?? TestImage.Json());
        Weights = Path.Combine("/dev/shm", "amn" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Weights);
        Server = new FakeOpenAiServer { Health = () => Started ? 200 : 503 };
        var start = (int)_pipe.ClientSafePipeHandle.DangerousGetHandle();
        _pipe.ClientSafePipeHandle.SetHandleAsInvalid();
        Loader = new WorkloadLoader(new WorkloadOptions(start, OpenDirectory(Weights), Server.Port), _image, TimeProvider.System)
        {
            Adjust = settings => (change ?? (same => same))(settings with { ReadyInterval = TimeSpan.FromMilliseconds(1), WatchInterval = TimeSpan.FromMilliseconds(1) }),
        };
        Enclave = new TestEnclave(Loader);
    }

    public FakeOpenAiServer Server { get; }

    public WorkloadLoader Loader { get; }

    public TestEnclave Enclave { get; }

    /// <summary>Where the image describes itself.</summary>
    public string Image => _image;

    /// <summary>The directory that the server would see.</summary>
    public string Weights { get; }

    /// <summary>True once the byte that starts the server was read.</summary>
    public bool Started { get; private set; }

    public EngineConfiguration Engine => TestEnclave.Model.Engine with
    {
        Engine = "openai fake 1",
        Workload = new WorkloadSettings { Arguments = Digest.Sha384(s_arguments), Port = Server.Port, Model = "m" },
    };

    public BootRequest BootRequest(Func<WorkloadSettings, WorkloadSettings>? change = null) =>
        TestEnclave.Model.Boot with { Engine = [.. (Engine with { Workload = (change ?? (same => same))(Engine.Workload!) }).ToJson()] };

    public static WorkloadEnclave Create(string? imageJson = null, Func<OpenAiOptions, OpenAiOptions>? change = null) => new(imageJson, change);

    /// <summary>Booted, with the data key.</summary>
    public static async Task<WorkloadEnclave> KeyedAsync(string? imageJson = null, Func<WorkloadSettings, WorkloadSettings>? change = null, Func<OpenAiOptions, OpenAiOptions>? options = null)
    {
        var created = new WorkloadEnclave(imageJson, options);
        await created.Enclave.BootAsync(created.BootRequest(change));
        await created.Enclave.ReleaseAsync();
        return created;
    }

    /// <summary>All files sent, the server started, one tenant admitted.</summary>
    public static async Task<WorkloadEnclave> ReadyAsync()
    {
        var created = await KeyedAsync();
        await created.SendAllAsync();
        await created.Enclave.ConfigureAsync(created.Enclave.Configuration());
        return created;
    }

    public async Task SendNotesAsync() => await Enclave.SendFileAsync(TestModel.NotesName, TestEnclave.Model.Seal(TestEnclave.Model.DataKey, TestModel.NotesName, TestEnclave.Model.Notes));

    public async Task SendAllAsync()
    {
        await SendNotesAsync();
        var waiting = WaitForStartAsync();
        await Enclave.SendFileAsync(TestModel.WeightsName, TestEnclave.Model.Sealed);
        await waiting;
    }

    /// <summary>What the child of PID 1 does: waits for one byte.</summary>
    public async Task WaitForStartAsync()
    {
        var start = new byte[2];
        Assert.Equal(1, await _pipe.ReadAsync(start, TestEnclave.Cancellation));
        Assert.Equal((byte)'S', start[0]);
        Started = true;

        // The other end was closed: nobody can start it again.
        Assert.Equal(0, await _pipe.ReadAsync(start, TestEnclave.Cancellation));
    }

    public async ValueTask DisposeAsync()
    {
        await Enclave.DisposeAsync();
        await Server.DisposeAsync();
        await _pipe.DisposeAsync();
        Directory.Delete(Weights, recursive: true);
        Directory.Delete(_image, recursive: true);
    }

    static unsafe int OpenDirectory(string path)
    {
        const int CurrentDirectory = -100;
        fixed (byte* name = (byte[])[.. Encoding.UTF8.GetBytes(path), 0])
        {
            var opened = Libc.OpenAt(CurrentDirectory, name, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0);
            Assert.True(opened >= 0);
            return opened;
        }
    }
}
